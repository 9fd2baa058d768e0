from . import health
from . import portal

"""Uninstall and install each neighbour of the addon on a running server, as people do.

All are there at first. Each goes while the others stay, then comes and goes alone, and then all
come back. The story of a back order is walked without any, and with all of them again.
"""

import sys

import walk_rpc


def act(server, verb, *names):
    """Install or uninstall modules; they are there afterwards, or nothing of them is left."""
    state = f"{verb}ed"
    modules = server.search("ir.module.module", ["name", "in", names])
    server.call("ir.module.module", f"button_immediate_{verb}", modules)
    for module in modules:
        values = server.read("ir.module.module", module, "name", "state")
        walk_rpc.expect(values, values["name"], state=state)
    if verb == "uninstall":
        left = len(server.search("ir.model.data", ["module", "in", names]))
        walk_rpc.check(not left, f"{', '.join(names)} left {left} records behind")
    walk_rpc.say(f"{', '.join(names)}: {state}")


def come_and_go(server, names):
    """Let the modules of these names go and come."""
    for name in names:
        act(server, "uninstall", name)
    walk_rpc.walk(server)
    for name in names:
        act(server, "install", name)
        act(server, "uninstall", name)
    act(server, "install", *names)
    walk_rpc.walk(server)


def main():
    """Return 1 with a sentence on standard error when something is wrong."""
    parser = walk_rpc.get_parser(__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+")
    options = parser.parse_args()
    try:
        come_and_go(walk_rpc.connect(options), options.names)
    except walk_rpc.WalkError as error:
        print(f"stopped: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

// Run by tests/common_screens.py inside a page; no part of any bundle.

const WAIT_MS = 20000;

/** Wait until the element is there, nothing is loading and nothing moves; return it. */
async function appear(selector) {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
        const element = document.querySelector(selector);
        const isBusy = document.querySelector(".o_loading_indicator, .o_blockUI");
        if (element && !isBusy && document.fonts.status === "loaded") {
            await Promise.all(
                document.getAnimations().map((animation) => animation.finished.catch(() => {}))
            );
            return element;
        }
        if (Date.now() > deadline) {
            throw new Error(`${selector} does not appear`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}

/** Say where an element is, for people who read a failed test. */
function describe(element) {
    const name = element.getAttribute("name");
    const classes = [...element.classList].map((item) => `.${item}`).join("");
    return `${element.localName}${classes}${name ? `[name=${name}]` : ""}`;
}

/** Return what lies beside the window, and is not inside something that Odoo lets scroll. */
function getOverflow(scrollers) {
    const width = document.documentElement.clientWidth;
    const found = [];
    if (document.scrollingElement.scrollWidth > width + 1) {
        found.push(`the page is ${document.scrollingElement.scrollWidth} wide, not ${width}`);
    }
    for (const element of document.querySelectorAll("body *")) {
        const { left, right, width: own, height } = element.getBoundingClientRect();
        const isOutside = own && height && (right > width + 1 || left < -1);
        if (isOutside && element.checkVisibility() && !element.closest(scrollers)) {
            found.push(`${describe(element)} from ${Math.round(left)} to ${Math.round(right)}`);
        }
    }
    return found;
}

/** Return the part of a rectangle that the elements around it let through, up to an outer one. */
function clip({ left, top, right, bottom }, element, outer) {
    for (let around = element; around !== outer; around = around.parentElement) {
        if (getComputedStyle(around).overflow !== "visible") {
            const box = around.getBoundingClientRect();
            [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
            [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
        }
    }
    return { left, top, right, bottom };
}

/** Return what is written in an element: texts, and where each of them is drawn. */
function getTexts(element) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
        const { parentElement, textContent } = walker.currentNode;
        const range = document.createRange();
        range.selectNodeContents(walker.currentNode);
        const box = clip(range.getBoundingClientRect(), parentElement, element);
        if (textContent.trim() && parentElement.checkVisibility() && box.right > box.left) {
            texts.push({ name: textContent.trim(), ...box });
        }
    }
    return texts;
}

/** Return what is drawn over something else inside an element: texts, pictures, charts. */
function getCollisions(selector) {
    const found = [];
    for (const element of document.querySelectorAll(selector)) {
        const charts = [...element.querySelectorAll("canvas, img")].map((chart) => {
            const { left, top, right, bottom } = chart.getBoundingClientRect();
            return { name: describe(chart), left, top, right, bottom };
        });
        const boxes = [...getTexts(element), ...charts];
        boxes.forEach((one, index) => {
            for (const other of boxes.slice(index + 1)) {
                const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
                const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
                if (width > 1 && height > 2) {
                    found.push(`"${one.name}" lies on "${other.name}"`);
                }
            }
        });
    }
    return found;
}

/** Return the serious mistakes axe finds, without those of Odoo's own that are known. */
async function getViolations(known) {
    const results = await window.axe.run(document, {
        resultTypes: ["violations"],
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    });
    const found = [];
    for (const { id, impact, nodes } of results.violations) {
        if (!["serious", "critical"].includes(impact)) {
            continue;
        }
        for (const { target, html, any, all, none } of nodes) {
            const element = document.querySelector(target[0]);
            if (!known[id] || !element.matches(known[id])) {
                const [why] = [...any, ...all, ...none];
                found.push(`${id}: ${html.slice(0, 200)} - ${why.message}`);
            }
        }
    }
    return found;
}

/** Press a button of a record as its form does, wherever the screen puts the button. */
async function press(resModel, resId, name, buttonContext) {
    await appear(".o_form_view");
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    await action.doActionButton({ type: "object", name, resModel, resId, buttonContext });
}

/** Make a check of a screen the verdict of the page. */
async function inspect(prepare, ready, check) {
    await prepare();
    await appear(ready);
    let found = await check();
    if (found.length) {
        // What is only there while the screen still settles is no finding.
        await new Promise((resolve) => setTimeout(resolve, 1000));
        found = await check();
    }
    if (found.length) {
        throw new Error([...new Set(found)].join("\n"));
    }
    console.log("test successful");
}

/** Swap the sides in a style, as the program rtlcss does with whole style sheets. */
function mirrorStyle(style) {
    const swap = (text) =>
        text.replace(/\b(left|right)\b/g, (side) => (side === "left" ? "right" : "left"));
    // What a variable says has no value of its own, and Bootstrap says it for both sides.
    const sided = [...style].filter(
        (name) =>
            style.getPropertyValue(name) &&
            (name !== swap(name) || ["float", "clear", "text-align"].includes(name))
    );
    const mirrored = sided.map((name) => [
        swap(name),
        swap(style.getPropertyValue(name)),
        style.getPropertyPriority(name),
    ]);
    sided.forEach((name) => style.removeProperty(name));
    mirrored.forEach((values) => style.setProperty(...values));
    if (style.direction) {
        style.direction = "rtl";
    }
}

function mirrorRules(rules) {
    for (const rule of rules) {
        if (rule.style) {
            mirrorStyle(rule.style);
        }
        mirrorRules(rule.cssRules || []);
    }
}

/** Let the page run from right to left, where Odoo had no rtlcss to do it; complain if not. */
function mirror() {
    const page = document.querySelector(".o_rtl, #wrapwrap.o_rtl");
    if (page && getComputedStyle(page).direction !== "rtl") {
        for (const sheet of document.styleSheets) {
            mirrorRules(sheet.cssRules);
        }
        window.dispatchEvent(new Event("resize"));
    }
    const isMirrored = page && getComputedStyle(page).direction === "rtl";
    return isMirrored ? [] : ["the page runs from left to right"];
}

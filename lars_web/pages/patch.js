// Makes what is on screen equal to a new tree, in place: what has the focus, is selected or is
// scrolled stays so, and what somebody has typed stays too.

const HANDLERS = ['onclick', 'onsubmit', 'oninput', 'onchange', 'onkeydown'];

// An element with data-keep is left alone once it is there; children with a data-key are matched
// by it, others by their place.
export function patch_children(old_parent, new_parent) {
    const by_key = new Map();
    for (const child of old_parent.children)
        if (child.dataset.key !== undefined)
            by_key.set(child.dataset.key, child);
    let at = old_parent.firstChild;
    for (const fresh of [...new_parent.childNodes]) {
        const same = key_of(fresh) === undefined ? unkeyed(at) : by_key.get(key_of(fresh));
        if (!same || !alike(same, fresh)) {
            old_parent.insertBefore(fresh, at);
            continue;
        }
        if (same === at)
            at = at.nextSibling;
        else
            old_parent.insertBefore(same, at);
        patch(same, fresh);
    }
    while (at) {
        const next = at.nextSibling;
        at.remove();
        at = next;
    }
}

function key_of(node) {
    return node.dataset?.key;
}

function unkeyed(node) {
    return node && key_of(node) === undefined ? node : null;
}

function alike(old, fresh) {
    return old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName;
}

function patch(old, fresh) {
    if (old.nodeType === Node.TEXT_NODE) {
        if (old.data !== fresh.data)
            old.data = fresh.data;
        return;
    }
    if (old.dataset.keep !== undefined)
        return;
    patch_attributes(old, fresh);
    patch_children(old, fresh);
}

function patch_attributes(old, fresh) {
    for (const { name } of [...old.attributes])
        if (!fresh.hasAttribute(name))
            old.removeAttribute(name);
    for (const { name, value } of fresh.attributes)
        if (old.getAttribute(name) !== value)
            old.setAttribute(name, value);
    for (const handler of HANDLERS)
        if (old[handler] !== fresh[handler])
            old[handler] = fresh[handler];
}

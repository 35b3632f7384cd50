// Makes elements. Text is put in as text only, so nothing that the server says becomes markup.

const SVG = 'http://www.w3.org/2000/svg';

// An attribute that is null or false is left out; one that begins with "on" is a function.
export function make(tag, attributes = {}, ...children) {
    return fill(document.createElement(tag), attributes, children);
}

export function make_svg(tag, attributes = {}, ...children) {
    return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false)
            continue;
        if (name.startsWith('on'))
            node[name] = value;
        else
            node.setAttribute(name, value === true ? '' : value);
    }
    node.append(...children.flat(Infinity).filter(is_something));
    return node;
}

function is_something(child) {
    return child !== null && child !== undefined && child !== false;
}

export function button(label, onclick, attributes = {}) {
    return make('button', { type: 'button', onclick, ...attributes }, label);
}

// A labelled input; the label is above it, what is more to know is below.
export function field(label, attributes, hint = null) {
    return make('label', { class: 'field' }, make('span', {}, label), make('input', attributes),
        hint && make('small', {}, hint));
}

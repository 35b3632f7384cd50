// A table with a head, which on a narrow screen becomes one block for each row.
import { make } from './dom.js';

// COLUMNS: [{title, number}]; ROWS: [{key, cells, class}]; EMPTY: what is said without rows.
export function table(caption, columns, rows, empty) {
    if (rows.length === 0)
        return make('p', { class: 'empty' }, empty);
    const head = make('tr', {}, columns.map((column) =>
        make('th', { scope: 'col', class: column.number && 'number' }, column.title)));
    return make('div', { class: 'scroll' }, make('table', {},
        make('caption', { class: 'unseen' }, caption), make('thead', {}, head),
        make('tbody', {}, rows.map((row) => table_row(columns, row)))));
}

function table_row(columns, row) {
    return make('tr', { 'data-key': row.key, class: row.class }, row.cells.map((cell, at) =>
        make('td', { 'data-label': columns[at].title, class: columns[at].number && 'number' }, cell)));
}

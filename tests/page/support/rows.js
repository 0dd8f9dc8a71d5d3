// SPDX-License-Identifier: Apache-2.0
// Where things are on the page of jobs.
import { until } from "./browser.js";

/** The row of a job. */
export function row(page, id) {
    return page.locator(`tr[data-id=${JSON.stringify(id)}]`);
}

/** The ids of the rows, in their order. */
export function ids(page) {
    return page.locator("tbody tr[data-id]").evaluateAll((rows) => rows.map((each) => each.dataset.id));
}

/** Until the rows are those. */
export async function untilRows(page, expected) {
    let seen;
    await until(async () => {
        seen = await ids(page);
        return JSON.stringify(seen) === JSON.stringify(expected);
    }, () => `the rows are ${expected}; they are ${seen}`);
}

/** Until the table follows the stream. */
export async function untilLive(page) {
    await page.locator(".fresh-live").waitFor();
}

/** Chooses from a column's menu. */
export async function chooseOfColumn(page, column, item) {
    await page.locator(`[data-column-menu=${column}]`).click();
    await page.getByRole("menuitem", { name: item }).or(
        page.getByRole("menuitemradio", { name: item })).click();
}

/** Chooses from a row's menu. */
export async function chooseOfRow(page, id, item) {
    await row(page, id).getByRole("button", { name: /Actions/ }).click();
    await page.getByRole("menuitem", { name: item }).click();
}

/** Query of the page's address. */
export function query(page) {
    return new URL(page.url()).searchParams;
}

// SPDX-License-Identifier: Apache-2.0
// How the page fares with 50 events a second over 100 rows, with counts, the chart open, one's own
// jobs chosen and columns that were sized: tasks of more than 50 ms in a minute, and how long the first
// table takes, in an organisation of so many jobs. The page's longest tasks by the processor's time are
// told too: on a machine that is busy with other things a task takes longer than it works.
// No test: node tests/page/rows.bench.js [SECONDS [JOBS]]
import { readFileSync } from "node:fs";

import { startBrowser, until, visit } from "./support/browser.js";
import { ids, untilLive } from "./support/rows.js";
import { Stage } from "./support/stage.js";

const seconds = Number(process.argv[2] ?? 60);
const jobs = Number(process.argv[3] ?? 0);
const [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);

/** Ended jobs of the benchmark of lists, all of the page's organisation. */
async function fill() {
    const now = Math.round(Date.now() / 1000);
    const values = { first: 1, last: jobs, jobs, open: Math.floor(jobs / 500), share: 1, others: 1, now };
    const made = readFileSync(new URL("../bench/lists.sql", import.meta.url), "utf8")
        .replaceAll(/(?<![:\w]):(\w+)/g, (whole, name) => name in values ? String(values[name]) : whole)
        .replaceAll("'large'", `'${stage.organization}'`);
    await stage.execute(made);
    await stage.execute("INSERT INTO jobtrail_p1.job_count (n, shard, status, organization_id, type)" +
        " SELECT count(*), 0, status, organization_id, type FROM jobtrail_p1.job GROUP BY 3, 4, 5");
    await stage.execute("VACUUM ANALYZE jobtrail_p1.job");
}

/** The longest tasks of the thread that runs the page's scripts, by its own time. */
function busiestTasks({ traceEvents: events }) {
    const scripted = events.filter(({ name }) => name === "FunctionCall" || name === "FireAnimationFrame");
    const perThread = new Map();
    for (const { pid, tid } of scripted)
        perThread.set(`${pid} ${tid}`, (perThread.get(`${pid} ${tid}`) ?? 0) + 1);
    const [ours] = [...perThread].sort(([, a], [, b]) => b - a)[0] ?? [];
    return events.filter(({ name, pid, tid, tdur }) => /RunTask$/.test(name) && tdur && `${pid} ${tid}` === ours)
        .map(({ tdur }) => Math.round(tdur / 100) / 10).sort((a, b) => b - a).slice(0, 10);
}

try {
    if (jobs) await fill();
    await stage.startSimulation("--rate", 50, "--running", 100);
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    // The jobs of lists.sql have ended: among so many only the running ones change.
    const view = jobs ? "?limit=100&status=running" : "?limit=100&sortby=jobID";
    const { page } = await visit(browser, stage, { as: "administrator", view });
    await untilLive(page);
    await until(async () => (await ids(page)).length >= 95, "the rows");
    await page.evaluate(() => localStorage.setItem("jobtrail.preferences",
        JSON.stringify({ widths: { jobID: 240, status: 180 }, chart: true })));
    await page.reload();
    // Of the document that came back from the issuer.
    const firstTableMs = await page.waitForFunction(
        () => document.querySelector("tr[data-id]") && Math.round(performance.now()))
        .then((handle) => handle.jsonValue());
    await page.getByRole("checkbox", { name: /^Choose all/ }).click();
    await page.locator(".chart").waitFor();
    await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
    const seen = await page.evaluate(async (measured) => {
        const tasks = [];
        const observer = new PerformanceObserver((list) =>
            tasks.push(...list.getEntries().map(({ duration }) => Math.round(duration))));
        observer.observe({ type: "longtask" });
        let changes = 0;
        new MutationObserver((records) => (changes += records.length)).observe(
            document.querySelector("tbody"), { subtree: true, childList: true, characterData: true, attributes: true });
        let asked = 0;
        new PerformanceObserver((list) => (asked += list.getEntries()
            .filter(({ name }) => name.includes("/job-counts")).length)).observe({ type: "resource" });
        await new Promise((resolve) => setTimeout(resolve, measured * 1000));
        return { tasks, changes, asked };
    }, seconds);
    const busiest = busiestTasks(JSON.parse(String(await browser.stopTracing())));
    console.log(`first table (of a page that was visited before): ${firstTableMs} ms`);
    console.log(`in ${seconds} s: ${seen.changes} changes of the document, ${seen.asked} counts, ` +
        `tasks of more than 50 ms: ${seen.tasks.length ? seen.tasks.join(", ") : "none"}`);
    console.log(`the longest by the processor's time, in ms: ${busiest.join(", ")}`);
    await stage.stopSimulation();
} finally {
    await browser.close();
    await stage.end();
}

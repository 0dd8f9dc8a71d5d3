// SPDX-License-Identifier: Apache-2.0
// What is visible of the page begins here.

import { session } from "./session.js";

const main = document.querySelector("main");

function show() {
    main?.replaceChildren(`${session.state} ${session.reason ?? ""} ${session.name ?? ""}`);
}

session.addEventListener("change", show);
void session.begin();

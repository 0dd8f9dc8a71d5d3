// SPDX-License-Identifier: Apache-2.0
// What is visible of the page begins here.
document.querySelector("main")?.append("Jobs");

// SPDX-License-Identifier: Apache-2.0
// Asking the API over the made world, for the tests of handlers: one answer at a time.
#pragma once

#include "api/made_world.h"

#define ORG   "/organizations/org-a"
#define ADMIN "Bearer Administrator:root:org-a"
#define ADA   "Bearer Manager:ada:org-a"
#define USER  "Bearer User:ada:org-a"
#define ID    "11111111-2222-4333-8444-555555555555"

// The made world is as at the beginning before each test.
#define TEST(name) cmocka_unit_test_setup(name, asking_reset)

extern struct made_answer answer;

int asking_reset(void **state);
// The status; the answer is to be freed.
int ask(const char *method, const char *target, const char *token);
int ask_with(const char *method, const char *target, const char *token, const char *name,
             const char *value);
// A header of the answer, "" if it is not there.
const char *header(const char *name);
// Fails the test unless the status is this one; nothing is to be freed.
void expect(int status, const char *method, const char *target, const char *token);

// SPDX-License-Identifier: Apache-2.0
// The Jobs page as it is served: the files of page/browser/, put into the binary by the build, each
// compressed and tagged once, when the service starts; and settings.json, which tells the page how
// members sign in. Constant once made, so any thread may read it.
#pragma once

#include "auth/identity.h"
#include "base/buffer.h"
#include "base/err.h"
#include "http/entity_tag.h"

// All borrowed while it is made.
struct page_options {
    const char *issuer;    // of OpenID Connect: an address; NULL: none
    const char *client_id; // NULL: nobody can sign in, and the page says so
    const char *scope;     // what is asked for, separated by blanks
    const char *login_issuer, *login_client_id, *login_scope; // of the command line; NULL: as above
    bool shares_redirect;               // one redirect address serves all organisations
    const char *const *connect_origins; // NULL-terminated: origins besides the issuer's
    struct identity_claims claims;      // where tokens have them
};

enum { PAGE_VERSION_SIZE = 17 };

struct page_file {
    struct slice name;
    const char *media_type; // a constant
    struct slice plain;     // the program's, or of index, settings and source
    struct buffer source;   // of scripts and styles: without what is for their readers
    struct buffer compressed;
    char tag[ENTITY_TAG_SIZE];
};

struct page_files {
    struct page_file *files; // owned, by name
    size_t count;
    struct buffer index, settings;
    char version[PAGE_VERSION_SIZE]; // another one for other files
    struct buffer policy;            // the value of Content-Security-Policy, NUL-terminated
};

// Of a file, by its name; a constant.
const char *page_media_type(const char *name);
// FATAL with reason CONFIGURATION, naming the option, if a browser must not be sent to the issuer:
// it is no https:// address, nor http:// on this machine; RETRY without memory.
int page_files_new(const struct page_options *options, struct page_files **out, struct err *err);
// Accepts NULL.
void page_files_free(struct page_files *files);
// NULL: there is none of that name.
const struct page_file *page_files_find(const struct page_files *files, struct slice name);

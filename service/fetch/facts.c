// SPDX-License-Identifier: Apache-2.0
// What libcurl knows by itself.
#include <curl/curl.h>

#include "fetch/fetch.h"

int64_t fetch_date_us(const char *text)
{
    time_t moment = curl_getdate(text, NULL);

    return moment < 0 ? TIME_NONE : (int64_t)moment * US_PER_SECOND;
}

const char *fetch_library_version(void)
{
    return curl_version();
}

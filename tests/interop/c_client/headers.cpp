// SPDX-License-Identifier: Apache-2.0
// The headers in a program of C++17: it tells nobody of a job, and says what the library's version
// is.
#include <cstdio>

#include <jobtrail/jobtrail.h>

int main()
{
    jobtrail_details details = JOBTRAIL_DETAILS_INIT;
    jobtrail_settings *settings = jobtrail_settings_new();
    jobtrail_emitter *emitter = nullptr;
    jobtrail_error error;

    details.message = "from C++";
    if (details.size != sizeof details ||
        jobtrail_emitter_new(settings, nullptr, nullptr, nullptr, &emitter, &error) !=
            JOBTRAIL_SETTING)
        return 1;
    jobtrail_settings_free(settings);
    std::printf("%s\n", jobtrail_version());
    return 0;
}

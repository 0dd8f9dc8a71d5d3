// SPDX-License-Identifier: Apache-2.0
// The binary's entry: everything is in cli.
#include "cli/cli.h"

extern char **environ;

int main(int argc, char **argv)
{
    return cli_run(argc, argv, environ);
}

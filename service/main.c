// SPDX-License-Identifier: Apache-2.0
// The binary's entry: everything is in cli.
int main(void)
{
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Stands in for a function that two folders of service/ define under one name.
int same_name(void);

int same_name(void)
{
    return 0;
}

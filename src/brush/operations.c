/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of operations, from operations.def. */
#include "operations.h"

#include <string.h>

const SonoOperation *const sono_operations[] = {
#define SONO_OPERATION(name) &sono_operation_##name,
#include "brush/operations.def"
#undef SONO_OPERATION
    NULL,
};

const SonoOperation *sono_operation_find(const char *name)
{
    for (size_t i = 0; sono_operations[i]; i++) {
        if (strcmp(sono_operations[i]->name, name) == 0) {
            return sono_operations[i];
        }
    }
    return NULL;
}

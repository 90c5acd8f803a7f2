/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose a recovery file is: a process, told from a later one of the same number by when it started and since which
 * boot. Thread: any. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct RecoveryOwner {
    int64_t pid;
    uint64_t start_ticks; /* since boot; 0: not known */
    char boot[40];        /* the kernel's name of this boot; may be empty */
} RecoveryOwner;

RecoveryOwner recovery_owner_self(void);
bool recovery_owner_is_alive(const RecoveryOwner *owner);

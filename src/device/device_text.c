/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "driver.h"

void device_text(char *to, uint32_t n_to, const char *from)
{
    (void)snprintf(to, n_to, "%s", from);
    size_t n = strlen(to);
    if (n + 1 == n_to) { /* it may have been cut within a character */
        while (n > 0 && ((unsigned char)to[n - 1] & 0xc0) == 0x80) {
            n--;
        }
        to[n > 0 && ((unsigned char)to[n - 1] & 0x80) ? n - 1 : n] = 0;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers in files are written with '.': this thread reads and writes them in the "C" locale between enter and leave,
 * whatever the program's LC_NUMERIC says (cJSON and strtod follow it). */
#pragma once
#include <locale.h>
#include <stdbool.h>

typedef struct SonoCLocale {
    locale_t c, before;
} SonoCLocale;

static inline bool sono_c_locale_enter(SonoCLocale *l)
{
    l->c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (l->c == (locale_t)0) {
        return false;
    }
    l->before = uselocale(l->c);
    return true;
}

static inline void sono_c_locale_leave(SonoCLocale *l)
{
    (void)uselocale(l->before);
    freelocale(l->c);
}

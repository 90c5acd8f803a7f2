/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strict UTF-8 decoding. */
#include "utf8.h"

size_t sono_utf8_next(const char *s, size_t n, uint32_t *code)
{
    if (n == 0) {
        return 0;
    }
    const unsigned char c = (unsigned char)s[0];
    if (c < 0x80) {
        *code = c;
        return 1;
    }
    const size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < 0xc2 || c > 0xf4 || n < length) {
        return 0;
    }
    uint32_t value = c & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        const unsigned char next = (unsigned char)s[i];
        if ((next & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (next & 0x3fu);
    }
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return 0;
    }
    *code = value;
    return length;
}

bool sono_utf8_is_format(uint32_t code)
{
    return (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0x061c || code == 0xfeff;
}

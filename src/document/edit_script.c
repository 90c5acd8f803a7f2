/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edit scripts as files and as values. */
#include "sono_edit_script.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edit_script_label.h"
#include "json_guard.h"
#include "sono_codec.h"
#include "sono_mem.h"
#include "utf8.h"

bool sono_label_is_plain(const char *label)
{
    const char *end = label + strlen(label);
    for (const char *p = label; p < end;) {
        uint32_t c = 0;
        const size_t n = sono_utf8_next(p, (size_t)(end - p), &c);
        if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) || sono_utf8_is_format(c)) {
            return false;
        }
        p += n;
    }
    return true;
}

/* At most n_max + 1 bytes: one more than allowed shows that a file grew while it was read. */
static SonoStatus read_all(int fd, const char *name, size_t n_max, char **out, size_t *n_out, SonoError *err)
{
    size_t n = 0, cap = 0;
    char *text = NULL;
    for (;;) {
        if (n == cap) {
            cap = cap ? 2 * cap : 65536;
            cap = cap < n_max + 1 ? cap : n_max + 1;
            char *more = n < cap ? sono_realloc_array(text, cap, 1) : NULL;
            if (!more) {
                sono_free(text);
                return n < cap ? sono_fail(err, SONO_E_NOMEM, "%s: no memory", name)
                               : sono_fail(err, SONO_E_LIMIT, "%s: more than 16 MiB", name);
            }
            text = more;
        }
        const ssize_t got = read(fd, text + n, cap - n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            sono_free(text);
            return sono_fail(err, SONO_E_IO, "%s: %s", name, strerror(errno));
        }
        if (got == 0) {
            break;
        }
        n += (size_t)got;
    }
    *out = text;
    *n_out = n;
    return SONO_OK;
}

SonoStatus sono_edit_script_load(const char *path, SonoEditScript *out, SonoError *err)
{
    const SonoShortName name = sono_short_name(path);
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return sono_fail(err, SONO_E_IO, "%s: %s", name.text, strerror(errno));
    }
    struct stat st;
    char *text = NULL;
    size_t n = 0;
    SonoStatus status = SONO_OK;
    if (fstat(fd, &st) != 0) {
        status = sono_fail(err, SONO_E_IO, "%s: %s", name.text, strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        status = sono_fail(err, SONO_E_INVALID, "%s: is not a regular file", name.text);
    } else {
        status = read_all(fd, name.text, SONO_JSON_MAX_BYTES, &text, &n, err);
    }
    (void)close(fd);
    if (status == SONO_OK && (status = sono_edit_script_parse(text, n, out, err)) != SONO_OK) {
        (void)sono_fail_context(err, "%s", name.text);
    }
    sono_free(text);
    return status;
}

SonoStatus sono_edit_script_save(const char *path, const SonoEdit *const *edits, size_t n_edits, SonoError *err)
{
    char *text = NULL;
    SonoStatus status = sono_edit_script_print(edits, n_edits, &text, err);
    if (status == SONO_OK) {
        status = sono_write_file_atomic(path, text, strlen(text), err);
    }
    sono_free(text);
    return status;
}

void sono_edit_script_clear(SonoEditScript *script)
{
    for (size_t i = 0; i < script->n_edits; i++) {
        sono_edit_clear(&script->edits[i]);
    }
    sono_free(script->edits);
    *script = (SonoEditScript){0};
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first line of a recovery file. The path is a file: URI, since names of files need not be UTF-8. */
#include "recovery_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "c_locale.h"
#include "json_guard.h"
#include "json_read.h"
#include "recovery_header.h"
#include "sono_json_writer.h"
#include "sono_mem.h"

#define URI_PREFIX "file://"

enum { H_VERSION, H_SOUND, H_FINGERPRINT, H_OWNER, H_SAVED_AT_S, H_N_EDITS };
static const char *const header_fields[] = {"sonobrush_recovery", "sound",   "fingerprint", "owner",
                                            "saved_at_s",         "n_edits", NULL};
enum { O_PID, O_START_TICKS, O_BOOT };
static const char *const owner_fields[] = {"pid", "start_ticks", "boot", NULL};

void recovery_header_clear(RecoveryHeader *header)
{
    sono_free(header->sound_path);
    *header = (RecoveryHeader){0};
}

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("/-._~", c) != NULL;
}

static char *to_uri(const char *path)
{
    static const char hex[] = "0123456789ABCDEF";
    const size_t n = strlen(path);
    char *uri = sono_calloc(3 * n + sizeof URI_PREFIX, 1);
    if (!uri) {
        return NULL;
    }
    memcpy(uri, URI_PREFIX, sizeof URI_PREFIX - 1);
    char *at = uri + sizeof URI_PREFIX - 1;
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)path[i];
        if (is_plain(c)) {
            *at++ = (char)c;
        } else {
            *at++ = '%';
            *at++ = hex[c >> 4];
            *at++ = hex[c & 15];
        }
    }
    return uri;
}

static int hex_digit(char c)
{
    const bool upper = c >= 'A' && c <= 'F';
    return c >= '0' && c <= '9' ? c - '0' : upper ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL: no absolute path (*bad), or no memory. */
static char *from_uri(const char *uri, bool *bad)
{
    *bad = strncmp(uri, URI_PREFIX "/", sizeof URI_PREFIX) != 0;
    char *path = *bad ? NULL : sono_calloc(strlen(uri) + 1, 1);
    if (!path) {
        return NULL;
    }
    char *to = path;
    for (const char *at = uri + sizeof URI_PREFIX - 1; *at && !*bad; at++) {
        int c = (unsigned char)*at;
        if (c == '%') {
            const int high = hex_digit(at[1]);
            const int low = high < 0 ? -1 : hex_digit(at[2]);
            c = low < 0 ? 0 : 16 * high + low;
            at += low < 0 ? 0 : 2;
        }
        *bad = c == 0;
        *to++ = (char)c;
    }
    if (*bad) {
        sono_free(path);
        return NULL;
    }
    return path;
}

SonoStatus recovery_print_header(const RecoveryHeader *header, char **text, SonoError *err)
{
    SonoJsonWriter w = {0};
    char *uri = to_uri(header->sound_path);
    if (!uri) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a recovery file");
    }
    sono_json_begin_object(&w, NULL, SONO_JSON_INLINE);
    sono_json_int(&w, header_fields[H_VERSION], RECOVERY_VERSION);
    sono_json_string(&w, header_fields[H_SOUND], uri);
    sono_json_string(&w, header_fields[H_FINGERPRINT], header->fingerprint.text);
    sono_json_begin_object(&w, header_fields[H_OWNER], SONO_JSON_INLINE);
    sono_json_int(&w, owner_fields[O_PID], header->owner.pid);
    sono_json_int(&w, owner_fields[O_START_TICKS], (int64_t)header->owner.start_ticks);
    sono_json_string(&w, owner_fields[O_BOOT], header->owner.boot);
    sono_json_end_object(&w);
    sono_json_int(&w, header_fields[H_SAVED_AT_S], header->saved_at_s);
    sono_json_int(&w, header_fields[H_N_EDITS], (int64_t)header->n_edits);
    sono_json_end_object(&w);
    sono_free(uri);
    return sono_json_finish(&w, text, err);
}

/* A whole number from 0 to 2^53. */
static SonoStatus read_count(const cJSON *value, const SonoJsonPath *path, const char *name, uint64_t *out,
                             SonoError *err)
{
    const SonoJsonPath here = {path, name, 0};
    double v = 0.0;
    SonoStatus status = sono_json_require(value, path, name, err);
    if (status == SONO_OK) {
        status = sono_json_read_number(value, path, name, &v, err);
    }
    if (status == SONO_OK && !(v >= 0.0 && v <= 9007199254740992.0 && v == floor(v))) {
        status = sono_json_fail(&here, SONO_E_FORMAT, err, "must be a whole number");
    }
    *out = status == SONO_OK ? (uint64_t)v : 0;
    return status;
}

static SonoStatus read_text(const cJSON *value, const SonoJsonPath *path, const char *name, char *out, size_t n_bytes,
                            SonoError *err)
{
    const SonoJsonPath here = {path, name, 0};
    const char *text = NULL;
    SonoStatus status = sono_json_require(value, path, name, err);
    if (status == SONO_OK) {
        status = sono_json_read_string(value, path, name, &text, err);
    }
    if (status == SONO_OK && strlen(text) >= n_bytes) {
        status = sono_json_fail(&here, SONO_E_FORMAT, err, "is too long");
    }
    if (status == SONO_OK) {
        memcpy(out, text, strlen(text) + 1);
    }
    return status;
}

static SonoStatus read_owner(const cJSON *node, const SonoJsonPath *parent, RecoveryOwner *owner, SonoError *err)
{
    const SonoJsonPath path = {parent, header_fields[H_OWNER], 0};
    const cJSON *values[sizeof owner_fields / sizeof *owner_fields];
    uint64_t pid = 0;
    SonoStatus status = sono_json_require(node, parent, header_fields[H_OWNER], err);
    status = status == SONO_OK ? sono_json_read_object(node, &path, owner_fields, values, err) : status;
    status = status == SONO_OK ? read_count(values[O_PID], &path, owner_fields[O_PID], &pid, err) : status;
    if (status == SONO_OK) {
        status = read_count(values[O_START_TICKS], &path, owner_fields[O_START_TICKS], &owner->start_ticks, err);
    }
    if (status == SONO_OK) {
        status = read_text(values[O_BOOT], &path, owner_fields[O_BOOT], owner->boot, sizeof owner->boot, err);
    }
    owner->pid = (int64_t)pid;
    return status;
}

static SonoStatus read_sound(const cJSON *node, const SonoJsonPath *path, char **out, SonoError *err)
{
    const SonoJsonPath here = {path, header_fields[H_SOUND], 0};
    const char *uri = NULL;
    bool bad = false;
    SonoStatus status = sono_json_require(node, path, here.name, err);
    if (status == SONO_OK) {
        status = sono_json_read_string(node, path, here.name, &uri, err);
    }
    if (status == SONO_OK && !(*out = from_uri(uri, &bad))) {
        status = bad ? sono_json_fail(&here, SONO_E_FORMAT, err, "is no file: URI")
                     : sono_json_fail(&here, SONO_E_NOMEM, err, "no memory");
    }
    return status;
}

static SonoStatus read_header(const cJSON *root, RecoveryHeader *header, SonoError *err)
{
    const SonoJsonPath top = {0};
    const cJSON *values[sizeof header_fields / sizeof *header_fields];
    uint64_t version = 0;
    uint64_t saved_at_s = 0;
    uint64_t n_edits = 0;
    /* the version first: a newer header has fields this program does not know */
    const cJSON *first = cJSON_IsObject(root) ? root->child : NULL;
    if (!first || strcmp(first->string, header_fields[H_VERSION]) != 0) {
        return sono_fail(err, SONO_E_FORMAT, "is no recovery file");
    }
    SonoStatus status = read_count(first, &top, header_fields[H_VERSION], &version, err);
    if (status == SONO_OK && version > RECOVERY_VERSION) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "was written by a newer version of the program");
    }
    status = status == SONO_OK ? sono_json_read_object(root, &top, header_fields, values, err) : status;
    if (status == SONO_OK) {
        status = read_text(values[H_FINGERPRINT], &top, header_fields[H_FINGERPRINT], header->fingerprint.text,
                           sizeof header->fingerprint.text, err);
    }
    status = status == SONO_OK ? read_owner(values[H_OWNER], &top, &header->owner, err) : status;
    if (status == SONO_OK) {
        status = read_count(values[H_SAVED_AT_S], &top, header_fields[H_SAVED_AT_S], &saved_at_s, err);
    }
    if (status == SONO_OK) {
        status = read_count(values[H_N_EDITS], &top, header_fields[H_N_EDITS], &n_edits, err);
    }
    status = status == SONO_OK ? read_sound(values[H_SOUND], &top, &header->sound_path, err) : status;
    header->saved_at_s = (int64_t)saved_at_s;
    header->n_edits = (size_t)n_edits;
    return status;
}

SonoStatus recovery_parse_header(const char *text, size_t n_bytes, RecoveryHeader *out, SonoError *err)
{
    SonoCLocale locale;
    RecoveryHeader header = {0};
    SonoStatus status = sono_json_guard(text, n_bytes, err);
    if (status != SONO_OK) {
        return status;
    }
    if (!sono_c_locale_enter(&locale)) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a recovery file");
    }
    cJSON *root = cJSON_ParseWithLength(text, n_bytes);
    sono_c_locale_leave(&locale);
    if (!root) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a recovery file");
    }
    status = read_header(root, &header, err);
    cJSON_Delete(root);
    if (status == SONO_OK) {
        *out = header;
    } else {
        recovery_header_clear(&header);
    }
    return status;
}

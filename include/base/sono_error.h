/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors: a status code and one line of text. Functions that can fail return SonoStatus, take a trailing
 * SonoError * (may be NULL) and write their results only on success. Nothing here allocates. */
#pragma once

typedef enum SonoStatus {
    SONO_OK = 0,
    SONO_E_INVALID = -1,     /* the caller's argument or a value in a file is wrong */
    SONO_E_NOMEM = -2,       /* out of memory */
    SONO_E_IO = -3,          /* the operating system refused: open, read, write, fsync ... */
    SONO_E_FORMAT = -4,      /* the file is not what it claims, or damaged */
    SONO_E_RANGE = -5,       /* a parameter is outside its range */
    SONO_E_NOT_FRAME = -6,   /* the plan would not be a frame (not invertible) */
    SONO_E_UNSUPPORTED = -7, /* this backend or build cannot do it; another may */
    SONO_E_CANCELLED = -8,   /* the caller asked to stop */
    SONO_E_STALE = -9,       /* the result is for an older revision */
    SONO_E_DEVICE = -10,     /* a backend was lost and must be reopened */
    SONO_E_TIMEOUT = -11,    /* no progress within the limit */
    SONO_E_LIMIT = -12,      /* a size or nesting limit was exceeded */
} SonoStatus;

typedef struct SonoError {
    SonoStatus code;
    char message[240]; /* one line, UTF-8, no trailing newline */
} SonoError;

/* Fill err (if not NULL) and return code. Thread: any. Control bytes in the result are replaced by '?'. */
SonoStatus sono_fail(SonoError *err, SonoStatus code, const char *fmt, ...) __attribute__((format(printf, 3, 4), cold));

#ifdef __clang_analyzer__ /* it cannot look into another file: the value of sono_fail() is its code */
#define sono_fail(err, code, ...) ((void)(sono_fail)((err), (code), __VA_ARGS__), (code))
#endif

/* Put "<context>: " before the message of an error that is already set; returns err->code (SONO_E_INVALID if NULL). */
SonoStatus sono_fail_context(SonoError *err, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));

/* Short lower-case name of a code, for logs and JSON ("io", "format", ...). */
const char *sono_status_name(SonoStatus code);

/* The tail of a path, short enough that the reason still fits behind it. */
typedef struct SonoShortName {
    char text[128];
} SonoShortName;
SonoShortName sono_short_name(const char *path);

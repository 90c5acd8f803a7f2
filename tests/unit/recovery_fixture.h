/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document whose recovery files lie in a folder of their own. */
#pragma once
#include "sono_test.h"

#include "recovery_file.h"
#include "sono_recovery.h"

typedef struct Fixture {
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoDocument *doc;
    SonoRecovery *recovery;
    char dir[64], folder[96], sound[96];
} Fixture;

/* Lines of the log since fixture_open, but for debugging. */
extern int n_warnings;
extern char last_warning[300];

void write_text(const char *path, const char *text, size_t n);
char *read_text(const char *path);
void open_document(Fixture *f);
void fixture_open(Fixture *f);
void fixture_close(Fixture *f);
void settle(const Fixture *f);
/* A new edit in the document; state >= 0: one that takes it. */
void push(Fixture *f, const char *label, double state);
void update(Fixture *f);
/* The first file with a suffix. */
bool find_file(const Fixture *f, const char *suffix, char *path, size_t n_bytes);
size_t n_files(const Fixture *f, const char *pattern);
/* The file's edits, as labels joined by commas. */
const char *labels(const Fixture *f);

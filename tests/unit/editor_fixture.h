/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An editor on a file, and its news as they come. */
#pragma once
#include "sono_test.h"

#include "sono_editor.h"

#include <stdatomic.h>
#include <string.h>

typedef struct Fixture {
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoEditor *editor;
    _Atomic int n_wakes;
    char dir[64];
    SonoClip *clip; /* of the last SOUND */
    int n_of[SONO_NEWS_CHANGED + 1];
    SonoEditorNews last[SONO_NEWS_CHANGED + 1]; /* of each kind; clip: only whether there was one */
    char line[240];                             /* the last one that was not empty */
} Fixture;

void fixture_open(Fixture *f, const char *path);
void fixture_close(Fixture *f);
void take_news(Fixture *f);
/* Until there have been n news of a kind. */
void wait_news(Fixture *f, SonoEditorNewsKind kind, int n);

SonoEdit make_edit(const char *operation, double t0_s, double t1_s);
void push(Fixture *f, const char *operation, double t0_s, double t1_s);
void assert_same_sound(const SonoClip *a, const SonoClip *b, bool same);
void sleep_ms(long ms);

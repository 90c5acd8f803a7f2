/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "editor_fixture.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

void sleep_ms(long ms)
{
    (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static void on_wake(void *ctx)
{
    (void)atomic_fetch_add(&((Fixture *)ctx)->n_wakes, 1);
}

void fixture_open(Fixture *f, const char *path)
{
    SonoError err = {0};
    memset(f, 0, sizeof *f);
    (void)strcpy(f->dir, "/tmp/sono-editor-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    assert_ok(sono_engine_new("cpu", 2, &f->engine, &err), err);
    assert_ok(sono_pcm_store_new(0, f->dir, &f->store, &err), err);
    const SonoOpeningEvents events = {.ctx = f, .wake = on_wake};
    assert_ok(sono_editor_open(f->engine, f->store, path, &events, &f->editor, &err), err);
}

void fixture_close(Fixture *f)
{
    char command[128];
    sono_editor_close(f->editor);
    sono_engine_free(f->engine);
    sono_clip_unref(f->clip);
    sono_pcm_store_unref(f->store);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", f->dir);
    assert_int_equal(system(command), 0);
}

void take_news(Fixture *f)
{
    SonoEditorNews news = {0};
    while (sono_editor_poll(f->editor, &news)) {
        f->n_of[news.kind]++;
        f->last[news.kind] = news;
        if (news.line[0]) {
            memcpy(f->line, news.line, sizeof f->line);
        }
        if (news.kind == SONO_NEWS_SOUND) {
            if (f->clip) {
                assert_true(news.parent_revision == sono_clip_revision(f->clip));
            }
            sono_clip_unref(f->clip);
            f->clip = news.clip;
        } else {
            sono_clip_unref(news.clip);
        }
    }
}

void wait_news(Fixture *f, SonoEditorNewsKind kind, int n)
{
    for (int i = 0; i < 10000; i++) {
        take_news(f);
        if (f->n_of[kind] >= n) {
            return;
        }
        sleep_ms(2);
    }
    fail_msg("news %d did not come (%s)", (int)kind, f->line);
}

SonoEdit make_edit(const char *operation, double t0_s, double t1_s)
{
    SonoError err = {0};
    SonoEdit edit = sono_edit_new(sono_operation_find(operation));
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {t0_s, t1_s, 200.0, 3000.0}, .feather_ms = 20.0};
    assert_ok(sono_mask_add(&edit.mask, &box, &err), err);
    return edit;
}

void push(Fixture *f, const char *operation, double t0_s, double t1_s)
{
    SonoError err = {0};
    SonoEdit edit = make_edit(operation, t0_s, t1_s);
    assert_ok(sono_editor_push(f->editor, &edit, &err), err);
    sono_edit_clear(&edit);
}

void assert_same_sound(const SonoClip *a, const SonoClip *b, bool same)
{
    const int64_t n = sono_clip_n_frames(a);
    assert_int_equal(n, sono_clip_n_frames(b));
    float *x = calloc((size_t)n, sizeof *x);
    float *y = calloc((size_t)n, sizeof *y);
    SonoError err = {0};
    assert_true(x && y);
    assert_ok(sono_clip_read(a, 0, 0, n, x, &err), err);
    assert_ok(sono_clip_read(b, 0, 0, n, y, &err), err);
    assert_int_equal(memcmp(x, y, (size_t)n * sizeof *x) == 0, same);
    free(x);
    free(y);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The editor and files: growing while one is read, cancelling, writing several, importing edits, earlier states. */
#include "editor_fixture.h"

#include "sono_commit.h"
#include "sono_edit_script.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define RATE 48000

static void put_u32(unsigned char *at, uint32_t v)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (unsigned char)(v >> (8 * i));
    }
}

/* A WAV file of stereo noise. */
static void write_wav(const char *path, double seconds)
{
    const uint32_t n = (uint32_t)(seconds * RATE);
    unsigned char head[44] = "RIFF....WAVEfmt ";
    uint64_t seed = 5;
    put_u32(head + 4, 36 + 4 * n);
    put_u32(head + 16, 16);
    put_u32(head + 20, 1 | 2 << 16);
    put_u32(head + 24, RATE);
    put_u32(head + 28, 4 * RATE);
    put_u32(head + 32, 4 | 16 << 16);
    memcpy(head + 36, "data", 4);
    put_u32(head + 40, 4 * n);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(head, 1, sizeof head, f), sizeof head);
    int16_t *x = calloc((size_t)2 * n, sizeof *x);
    assert_non_null(x);
    for (uint32_t i = 0; i < 2 * n; i++) {
        x[i] = (int16_t)(8000.0f * sono_test_noise(&seed));
    }
    assert_int_equal(fwrite(x, 4, n, f), n);
    free(x);
    assert_int_equal(fclose(f), 0);
}

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static size_t n_temporaries(const char *folder)
{
    size_t n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        n += strncmp(e->d_name, ".sonobrush-", 11) == 0;
    }
    assert_int_equal(closedir(dir), 0);
    return n;
}

/* A folder with a long WAV file in it, which outlives the fixture's own. */
typedef struct Long {
    char dir[64], wav[96];
} Long;

static void long_make(Long *l, double seconds)
{
    (void)strcpy(l->dir, "/tmp/sono-files-XXXXXX");
    assert_non_null(mkdtemp(l->dir));
    (void)snprintf(l->wav, sizeof l->wav, "%s/long.wav", l->dir);
    write_wav(l->wav, seconds);
}

static void long_remove(const Long *l)
{
    char command[96];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", l->dir);
    assert_int_equal(system(command), 0);
}

static void opening_is_a_task_with_news_of_its_growth(void **state)
{
    (void)state;
    Long l;
    Fixture f;
    SonoEditorTask task = {0};
    long_make(&l, 300.0);
    fixture_open(&f, l.wav);
    assert_int_equal(sono_editor_tasks(f.editor, &task, 1), 1);
    assert_string_equal(task.title, "Opening long.wav");
    assert_true(task.since_s > 0.0 && task.fraction <= 1.0);
    assert_true(sono_editor_is_busy(f.editor));
    wait_news(&f, SONO_NEWS_LENGTH, 1);
    assert_int_equal(f.last[SONO_NEWS_LENGTH].n_channels, 2);
    assert_true(f.last[SONO_NEWS_LENGTH].end_s == 300.0);
    wait_news(&f, SONO_NEWS_READY, 1);
    if (f.n_of[SONO_NEWS_GROWN] > 0) { /* unless it was read in an instant */
        assert_true(f.last[SONO_NEWS_GROWN].end_s == 300.0);
        assert_int_equal(f.last[SONO_NEWS_GROWN].n_channels, 2);
    }
    assert_int_equal(f.n_of[SONO_NEWS_SOUND], 1); /* parts would cut holes into the first picture */
    assert_int_equal(sono_editor_tasks(f.editor, &task, 1), 0);
    assert_false(sono_editor_is_busy(f.editor));
    fixture_close(&f);
    long_remove(&l);
}

static void opening_can_be_cancelled(void **state)
{
    (void)state;
    Long l;
    long_make(&l, 120.0);
    for (int i = 0; i < 6; i++) {
        Fixture f;
        SonoEditorTask task = {0};
        fixture_open(&f, l.wav);
        sleep_ms(3 * i);
        assert_int_equal(sono_editor_tasks(f.editor, &task, 1), 1);
        sono_editor_cancel(f.editor, task.id + 100); /* no such task */
        sono_editor_cancel(f.editor, task.id);
        wait_news(&f, SONO_NEWS_FAILED, 1);
        assert_string_equal(f.last[SONO_NEWS_FAILED].line, "");
        assert_int_equal(f.n_of[SONO_NEWS_READY], 0);
        assert_int_equal(sono_editor_tasks(f.editor, &task, 1), 0);
        assert_null(sono_editor_document(f.editor));
        fixture_close(&f);
    }
    long_remove(&l);
}

static void saving_shows_progress_and_can_be_cancelled(void **state)
{
    (void)state;
    Long l;
    Fixture f;
    SonoError err = {0};
    SonoEditorTask tasks[4] = {0};
    char path[128];
    struct stat st;
    long_make(&l, 240.0);
    fixture_open(&f, l.wav);
    wait_news(&f, SONO_NEWS_READY, 1);
    (void)snprintf(path, sizeof path, "%s/out.flac", l.dir);
    write_text(path, "old");
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_SOUND, path, &err), err);
    assert_int_equal(sono_editor_tasks(f.editor, tasks, 4), 1);
    assert_string_equal(tasks[0].title, "Saving out.flac");
    const int id = tasks[0].id;
    for (int i = 0; i < 5000 && tasks[0].fraction <= 0.0; i++) {
        sleep_ms(1);
        assert_int_equal(sono_editor_tasks(f.editor, tasks, 4), 1);
    }
    assert_true(tasks[0].fraction > 0.0 && tasks[0].fraction <= 1.0);
    sono_editor_cancel(f.editor, id);
    wait_news(&f, SONO_NEWS_SAVED, 1);
    assert_string_equal(f.last[SONO_NEWS_SAVED].line, "");
    assert_string_equal(f.last[SONO_NEWS_SAVED].path, "");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 3);
    assert_int_equal(n_temporaries(l.dir), 0);
    assert_int_equal(sono_editor_tasks(f.editor, tasks, 4), 0);

    /* of two under one name the second waits; cancelled before it began, it writes nothing */
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_SOUND, path, &err), err);
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_SOUND, path, &err), err);
    assert_int_equal(sono_editor_tasks(f.editor, tasks, 4), 2);
    sono_editor_cancel(f.editor, tasks[1].id);
    wait_news(&f, SONO_NEWS_SAVED, 2);
    assert_string_equal(f.last[SONO_NEWS_SAVED].path, "");
    wait_news(&f, SONO_NEWS_SAVED, 3);
    assert_string_equal(f.last[SONO_NEWS_SAVED].path, path);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size > 1000);
    fixture_close(&f);
    long_remove(&l);
}

/* Two files at once; the sound may be edited meanwhile, and what is on disk is what was asked for. */
static void several_files_are_written_while_editing_goes_on(void **state)
{
    (void)state;
    Long l;
    Fixture f;
    SonoError err = {0};
    char a[128], b[128], text[160];
    long_make(&l, 20.0);
    fixture_open(&f, l.wav);
    wait_news(&f, SONO_NEWS_READY, 1);
    push(&f, "erase", 1.0, 1.5);
    wait_news(&f, SONO_NEWS_COMMITTED, 1);
    SonoClip *saved = sono_clip_ref(f.clip);
    (void)snprintf(a, sizeof a, "%s/a.wav", l.dir);
    (void)snprintf(b, sizeof b, "%s/b.json", l.dir);
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_EDITS, b, &err), err);
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_SOUND, a, &err), err);
    push(&f, "gain", 3.0, 3.5);
    wait_news(&f, SONO_NEWS_COMMITTED, 2);
    wait_news(&f, SONO_NEWS_SAVED, 2);
    assert_string_equal(f.line, "");
    assert_non_null(strstr(sono_editor_describe(f.editor, text, sizeof text), "edits=2 queued=0 modified=1 saving=0"));
    assert_string_equal(sono_document_path(sono_editor_document(f.editor)), a);
    assert_true(sono_editor_undo(f.editor)); /* as on disk */
    assert_non_null(strstr(sono_editor_describe(f.editor, text, sizeof text), "modified=0"));

    SonoClip *read = NULL;
    SonoLoadReport report = {0};
    assert_ok(sono_clip_load(a, NULL, f.store, &read, &report, &err), err);
    const int64_t n = sono_clip_n_frames(saved);
    assert_int_equal(sono_clip_n_frames(read), n);
    float *x = calloc((size_t)n, sizeof *x);
    float *y = calloc((size_t)n, sizeof *y);
    assert_true(x && y);
    assert_ok(sono_clip_read(saved, 1, 0, n, x, &err), err);
    assert_ok(sono_clip_read(read, 1, 0, n, y, &err), err);
    for (int64_t i = 0; i < n; i++) {
        assert_true(fabsf(x[i] - y[i]) <= 0.51f / 32768.0f);
    }
    free(x);
    free(y);
    sono_clip_unref(read);
    sono_clip_unref(saved);
    fixture_close(&f);
    long_remove(&l);
}

/* Closing does not wait for what is being written; the engine does. */
static void closing_leaves_saves_to_the_engine(void **state)
{
    (void)state;
    Long l;
    Fixture f;
    SonoError err = {0};
    char a[128], b[128];
    struct stat st;
    long_make(&l, 60.0);
    fixture_open(&f, l.wav);
    wait_news(&f, SONO_NEWS_READY, 1);
    (void)snprintf(a, sizeof a, "%s/a.flac", l.dir);
    (void)snprintf(b, sizeof b, "%s/b.wav", l.dir);
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_SOUND, a, &err), err);
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_SOUND, b, &err), err);
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_SOUND, a, &err), err);
    sono_editor_close(f.editor);
    f.editor = NULL;
    sono_engine_free(f.engine);
    f.engine = NULL;
    assert_int_equal(stat(a, &st), 0);
    assert_true(st.st_size > 1000000);
    assert_int_equal(stat(b, &st), 0);
    assert_int_equal(st.st_size >= 44 + 60 * RATE * 4, 1);
    assert_int_equal(n_temporaries(l.dir), 0);
    fixture_close(&f);
    long_remove(&l);
}

static const char *const script_text =
    "{\"sonobrush_edits\": 1, \"edits\": ["
    "{\"operation\": \"erase\", \"mask\": {\"shapes\": [{\"kind\": \"box\", \"t0_s\": 0.2, \"t1_s\": 0.4,"
    " \"f0_hz\": 200, \"f1_hz\": 3000}]}},"
    "{\"operation\": \"erase\", \"mask\": {\"shapes\": []}}," /* changes nothing, so it is dropped */
    "{\"operation\": \"gain\", \"params\": {\"gain_db\": -20}, \"mask\": {\"shapes\": [{\"kind\": \"box\","
    " \"t0_s\": 0.3, \"t1_s\": 0.8, \"f0_hz\": 200, \"f1_hz\": 3000}]}},"
    "{\"operation\": \"restore\", \"params\": {\"state\": 2}, \"mask\": {\"shapes\": [{\"kind\": \"box\","
    " \"t0_s\": 0.2, \"t1_s\": 0.5, \"f0_hz\": 0, \"f1_hz\": 24000}]}}]}";

/* The script's edits, computed one by one on a clip, its states counted from there. */
static SonoClip *replay(const Fixture *f, const SonoClip *from)
{
    SonoError err = {0};
    SonoEditScript script = {0};
    SonoClip *states[8] = {sono_clip_ref(from)};
    assert_ok(sono_edit_script_parse(script_text, strlen(script_text), &script, &err), err);
    for (size_t i = 0; i < script.n_edits; i++) {
        const SonoEdit *edit = &script.edits[i];
        const SonoClip *state = edit->operation->takes_state ? states[(size_t)edit->params.v[0]] : NULL;
        assert_ok(sono_commit(f->engine, states[i], edit, state, NULL, &states[i + 1], NULL, &err), err);
    }
    SonoClip *last = states[script.n_edits];
    for (size_t i = 0; i < script.n_edits; i++) {
        sono_clip_unref(states[i]);
    }
    sono_edit_script_clear(&script);
    return last;
}

static void importing_queues_a_script(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    char path[128], text[160];
    fixture_open(&f, SONO_TEST_SPEECH);
    (void)snprintf(path, sizeof path, "%s/edits.json", f.dir);
    write_text(path, script_text);
    assert_int_equal(sono_editor_import(f.editor, path, &err), SONO_E_INVALID); /* nothing to edit yet */
    wait_news(&f, SONO_NEWS_READY, 1);
    push(&f, "gain", 0.9, 1.1); /* states of the script are counted after this one */
    wait_news(&f, SONO_NEWS_COMMITTED, 1);
    SonoClip *expected = replay(&f, f.clip);
    assert_ok(sono_editor_import(f.editor, path, &err), err);
    for (int i = 0; i < 5000 && f.n_of[SONO_NEWS_IMPORTED] == 0; i++) {
        SonoEditorNews news = {0};
        while (f.n_of[SONO_NEWS_IMPORTED] == 0 && sono_editor_poll(f.editor, &news)) {
            f.n_of[news.kind]++;
            assert_null(news.clip);
            f.last[news.kind] = news;
        }
        sleep_ms(1);
    }
    assert_string_equal(f.last[SONO_NEWS_IMPORTED].path, path);
    assert_int_equal(f.last[SONO_NEWS_IMPORTED].n_edits, 4);
    assert_int_equal(sono_editor_n_queued(f.editor), 4);
    assert_string_equal(sono_editor_queued_edit(f.editor, 0)->operation->name, "erase");
    assert_true(sono_editor_queued_edit(f.editor, 3)->params.v[0] == 3.0); /* 2 of the script, after 1 */
    assert_null(sono_editor_queued_edit(f.editor, 4));
    wait_news(&f, SONO_NEWS_COMMITTED, 4); /* 1 + 3: one of them changed nothing */
    assert_int_equal(f.n_of[SONO_NEWS_DROPPED], 1);
    assert_string_equal(f.line, "");
    assert_same_sound(f.clip, expected, true);
    wait_news(&f, SONO_NEWS_IMPORT_ENDED, 1); /* who imported hears of it */
    assert_string_equal(f.last[SONO_NEWS_IMPORT_ENDED].path, path);
    assert_int_equal(f.last[SONO_NEWS_IMPORT_ENDED].n_edits, 3);
    assert_int_equal(f.last[SONO_NEWS_IMPORT_ENDED].n_unchanged, 1);

    /* what is exported says the same from the beginning, without the edit that was dropped */
    SonoDocument *doc = sono_editor_document(f.editor);
    assert_true(sono_document_edit(doc, 3)->params.v[0] == 2.0);
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_EDITS, path, &err), err);
    wait_news(&f, SONO_NEWS_SAVED, 1);
    assert_ok(sono_editor_go_to(f.editor, 0, &err), err);
    assert_ok(sono_editor_import(f.editor, path, &err), err);
    wait_news(&f, SONO_NEWS_COMMITTED, 8);
    assert_same_sound(f.clip, expected, true);
    assert_non_null(strstr(sono_editor_describe(f.editor, text, sizeof text), "edits=4 queued=0"));
    sono_clip_unref(expected);
    fixture_close(&f);
}

static void import(Fixture *f, const char *name, const char *text)
{
    SonoError err = {0};
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", f->dir, name);
    write_text(path, text);
    const int n = f->n_of[SONO_NEWS_IMPORTED];
    assert_ok(sono_editor_import(f->editor, path, &err), err);
    wait_news(f, SONO_NEWS_IMPORTED, n + 1);
}

static const char no_change[] = "{\"sonobrush_edits\": 1, \"edits\": ["
                                "{\"operation\": \"erase\", \"mask\": {\"shapes\": []}},"
                                "{\"operation\": \"erase\", \"mask\": {\"shapes\": []}}]}";

/* What is told at the end is of that import's edits alone, whatever else is queued, taken back or undone. */
static void imports_end_with_what_became_of_them(void **state)
{
    (void)state;
    Fixture f;
    const SonoEditorNews *ended = &f.last[SONO_NEWS_IMPORT_ENDED];
    fixture_open(&f, SONO_TEST_SPEECH);
    wait_news(&f, SONO_NEWS_READY, 1);
    import(&f, "none.json", "{\"sonobrush_edits\": 1, \"edits\": []}");
    wait_news(&f, SONO_NEWS_IMPORT_ENDED, 1);
    assert_true(ended->n_edits == 0 && ended->n_unchanged == 0);
    import(&f, "same.json", no_change);
    wait_news(&f, SONO_NEWS_IMPORT_ENDED, 2);
    assert_true(ended->n_edits == 0 && ended->n_unchanged == 2);
    for (int i = 0; i < 8; i++) { /* some of these wait */
        push(&f, "gain", 0.1 * i, 0.1 * i + 0.5);
    }
    import(&f, "both.json", script_text);
    push(&f, "erase", 0.2, 0.3);
    wait_news(&f, SONO_NEWS_IMPORT_ENDED, 3);
    assert_true(ended->n_edits == 3 && ended->n_unchanged == 1);
    wait_news(&f, SONO_NEWS_COMMITTED, 8 + 3 + 1);
    for (int i = 0; i < 8; i++) {
        push(&f, "gain", 0.1 * i, 0.1 * i + 0.5);
    }
    import(&f, "both.json", script_text);
    const size_t n_before = sono_editor_n_queued(f.editor); /* each is begun by the news of the one before */
    assert_true(n_before > 4);
    for (int i = 0; i < 3; i++) { /* but for its first edit */
        assert_true(sono_editor_undo(f.editor));
    }
    assert_int_equal(sono_editor_n_queued(f.editor), n_before - 3);
    push(&f, "gain", 0.4, 0.9); /* in its place, and none of its own */
    wait_news(&f, SONO_NEWS_IMPORT_ENDED, 4);
    assert_true(ended->n_edits == 1 && ended->n_unchanged == 0);
    fixture_close(&f);
}

/* Two at once: when the news of one is heard the edits queued last are its own. */
static void two_imports_keep_apart(void **state)
{
    (void)state;
    static const char gain[] =
        "{\"sonobrush_edits\": 1, \"edits\": [{\"operation\": \"gain\", \"mask\": {\"shapes\":"
        "[{\"kind\": \"box\", \"t0_s\": 0.2, \"t1_s\": 0.4, \"f0_hz\": 200, \"f1_hz\": 3000}]}}]}";
    Fixture f;
    SonoError err = {0};
    char first[128], second[128];
    fixture_open(&f, SONO_TEST_SPEECH);
    (void)snprintf(first, sizeof first, "%s/first.json", f.dir);
    (void)snprintf(second, sizeof second, "%s/second.json", f.dir);
    write_text(first, script_text);
    write_text(second, gain);
    wait_news(&f, SONO_NEWS_READY, 1);
    assert_ok(sono_editor_import(f.editor, first, &err), err);
    assert_ok(sono_editor_import(f.editor, second, &err), err);
    sono_jobs_wait_idle(sono_engine_jobs(f.engine)); /* both have been read */
    for (int n = 0; n < 2;) {
        SonoEditorNews news = {0};
        if (!sono_editor_poll(f.editor, &news)) {
            sleep_ms(1);
            continue;
        }
        sono_clip_unref(news.clip);
        if (news.kind == SONO_NEWS_IMPORTED) {
            const SonoEdit *edit = sono_editor_queued_edit(f.editor, sono_editor_n_queued(f.editor) - news.n_edits);
            assert_int_equal(news.n_edits, n == 0 ? 4 : 1);
            assert_string_equal(edit->operation->name, n == 0 ? "erase" : "gain");
            n++;
        }
    }
    fixture_close(&f);
}

/* Recovery compares paths: a link to the file that was opened is that file. */
static void links_are_followed_to_the_file(void **state)
{
    (void)state;
    Long l;
    Fixture f;
    SonoError err = {0};
    char link[128];
    long_make(&l, 1.0);
    (void)snprintf(link, sizeof link, "%s/link.wav", l.dir);
    assert_int_equal(symlink(l.wav, link), 0);
    fixture_open(&f, link);
    wait_news(&f, SONO_NEWS_READY, 1);
    assert_string_equal(sono_document_path(sono_editor_document(f.editor)), l.wav);
    push(&f, "gain", 0.2, 0.4);
    wait_news(&f, SONO_NEWS_COMMITTED, 1);
    (void)snprintf(link, sizeof link, "%s/./link.wav", l.dir);
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_SOUND, link, &err), err);
    wait_news(&f, SONO_NEWS_SAVED, 1);
    assert_string_equal(f.last[SONO_NEWS_SAVED].path, link);
    assert_string_equal(sono_document_path(sono_editor_document(f.editor)), l.wav);
    fixture_close(&f);
    long_remove(&l);
}

static void bad_scripts_are_news_and_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *text, *reason;
    } cases[] = {{"{\"sonobrush_edits\": 1}", "edits: field is missing"},
                 {"{\"sonobrush_edits\": 1, \"edits\": [{\"operation\": \"erase\", \"channels\": [1],"
                  " \"mask\": {\"shapes\": []}}]}",
                  "edits[0].channels: channel 1 does not exist, the sound has 1"},
                 {"{\"sonobrush_edits\": 1, \"edits\": [{\"operation\": \"restore\", \"params\": {\"state\": 1},"
                  " \"mask\": {\"shapes\": []}}]}",
                  "edits[0].params.state: is 1, but only 0 edits come before this one"},
                 {"[", "line 1"}};
    Fixture f;
    SonoError err = {0};
    char path[128];
    fixture_open(&f, SONO_TEST_SPEECH);
    wait_news(&f, SONO_NEWS_READY, 1);
    (void)snprintf(path, sizeof path, "%s/edits.json", f.dir);
    const int n_cases = (int)(sizeof cases / sizeof *cases);
    for (int i = 0; i < n_cases; i++) {
        write_text(path, cases[i].text);
        assert_ok(sono_editor_import(f.editor, path, &err), err);
        wait_news(&f, SONO_NEWS_IMPORTED, i + 1);
        if (!strstr(f.last[SONO_NEWS_IMPORTED].line, cases[i].reason) ||
            !strstr(f.last[SONO_NEWS_IMPORTED].line, "edits.json")) {
            fail_msg("%s: must name the file and %s", f.last[SONO_NEWS_IMPORTED].line, cases[i].reason);
        }
        assert_string_equal(f.last[SONO_NEWS_IMPORTED].path, "");
    }
    assert_ok(sono_editor_import(f.editor, "/nowhere/edits.json", &err), err);
    wait_news(&f, SONO_NEWS_IMPORTED, n_cases + 1);
    assert_non_null(strstr(f.line, "/nowhere/edits.json"));
    assert_int_equal(sono_editor_n_queued(f.editor), 0);
    assert_int_equal(sono_document_n_edits(sono_editor_document(f.editor)), 0);
    fixture_close(&f);
}

static void go_to_any_state_and_restore_from_it(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    fixture_open(&f, SONO_TEST_SPEECH);
    assert_int_equal(sono_editor_go_to(f.editor, 0, &err), SONO_E_INVALID);
    wait_news(&f, SONO_NEWS_READY, 1);
    SonoClip *base = sono_clip_ref(f.clip);
    push(&f, "erase", 0.2, 0.6);
    assert_int_equal(sono_editor_go_to(f.editor, 0, &err), SONO_E_INVALID); /* it is being committed */
    push(&f, "gain", 0.7, 0.9);
    wait_news(&f, SONO_NEWS_COMMITTED, 2);
    SonoDocument *doc = sono_editor_document(f.editor);
    assert_int_equal(sono_editor_go_to(f.editor, 3, &err), SONO_E_INVALID);
    assert_ok(sono_editor_go_to(f.editor, 0, &err), err);
    take_news(&f);
    assert_same_sound(f.clip, base, true);
    assert_ok(sono_editor_go_to(f.editor, 2, &err), err);
    take_news(&f);
    assert_ptr_equal(sono_document_clip_at(doc, 0), base);
    assert_null(sono_document_clip_at(doc, 3));

    SonoEdit edit = make_edit("restore", 0.0, 2.0);
    edit.params.v[0] = 3.0; /* itself */
    assert_int_equal(sono_editor_push(f.editor, &edit, &err), SONO_E_RANGE);
    assert_non_null(strstr(err.message, "no state after 3 edits"));
    edit.params.v[0] = 1.0;
    assert_ok(sono_editor_push(f.editor, &edit, &err), err);
    SonoClip *expected = NULL;
    assert_ok(sono_commit(f.engine, sono_document_clip_at(doc, 2), &edit, sono_document_clip_at(doc, 1), NULL,
                          &expected, NULL, &err),
              err);
    wait_news(&f, SONO_NEWS_COMMITTED, 3);
    assert_same_sound(f.clip, expected, true);
    char text[96];
    assert_non_null(strstr(sono_document_describe_edit(doc, 2, NULL, text, sizeof text), "Restore state 1"));
    sono_edit_clear(&edit);
    sono_clip_unref(expected);
    sono_clip_unref(base);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening_is_a_task_with_news_of_its_growth),
        cmocka_unit_test(opening_can_be_cancelled),
        cmocka_unit_test(saving_shows_progress_and_can_be_cancelled),
        cmocka_unit_test(several_files_are_written_while_editing_goes_on),
        cmocka_unit_test(closing_leaves_saves_to_the_engine),
        cmocka_unit_test(importing_queues_a_script),
        cmocka_unit_test(two_imports_keep_apart),
        cmocka_unit_test(imports_end_with_what_became_of_them),
        cmocka_unit_test(links_are_followed_to_the_file),
        cmocka_unit_test(bad_scripts_are_news_and_change_nothing),
        cmocka_unit_test(go_to_any_state_and_restore_from_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "recovery_fixture.h"

#include "silent_clip.h"
#include "sono_log.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define N_FRAMES SILENT_FRAMES

int n_warnings;
char last_warning[300];

static void count_warnings(SonoLogLevel level, const char *domain, const char *line, void *ctx)
{
    (void)domain;
    (void)ctx;
    if (level <= SONO_LOG_NOTICE) {
        n_warnings++;
        (void)snprintf(last_warning, sizeof last_warning, "%s", line);
    }
}

void write_text(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

char *read_text(const char *path)
{
    static char text[1 << 20];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    const size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    assert_int_equal(fclose(f), 0);
    return text;
}

void open_document(Fixture *f)
{
    SonoError err = {0};
    SonoClip *base = silent_clip(f->store);
    assert_ok(sono_document_new(f->sound, base, NULL, &f->doc, &err), err);
    sono_clip_unref(base);
    assert_ok(sono_recovery_new(f->engine, f->folder, f->sound, &f->recovery, &err), err);
}

void fixture_open(Fixture *f)
{
    SonoError err = {0};
    memset(f, 0, sizeof *f);
    (void)strcpy(f->dir, "/tmp/sono-recovery-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    (void)snprintf(f->folder, sizeof f->folder, "%s/state/deep/recovery", f->dir);
    (void)snprintf(f->sound, sizeof f->sound, "%s/a \xe4\xff%%.wav", f->dir); /* no UTF-8 */
    write_text(f->sound, "not really a sound", 18);
    assert_ok(sono_engine_new("cpu", 2, &f->engine, &err), err);
    assert_ok(sono_pcm_store_new(1 << 22, NULL, &f->store, &err), err);
    open_document(f);
    n_warnings = 0;
    sono_log_set_sink(count_warnings, NULL);
}

void fixture_close(Fixture *f)
{
    char command[128];
    sono_recovery_close(f->recovery, false);
    sono_engine_free(f->engine);
    sono_document_free(f->doc);
    sono_pcm_store_unref(f->store);
    sono_log_set_sink(NULL, NULL);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", f->dir);
    assert_int_equal(system(command), 0);
}

void settle(const Fixture *f)
{
    for (int i = 0; i < 4000 && !sono_recovery_is_settled(f->recovery); i++) {
        (void)nanosleep(&(struct timespec){0, 2000000}, NULL);
    }
    assert_true(sono_recovery_is_settled(f->recovery));
    SonoError err = {0};
    if (sono_recovery_take_error(f->recovery, &err)) {
        fail_msg("%s", err.message);
    }
}

void push(Fixture *f, const char *label, double state)
{
    static const float x[N_FRAMES] = {0.5f};
    const float *planes[1] = {x};
    SonoError err = {0};
    SonoClip *clip = NULL;
    SonoEdit edit = sono_edit_new(sono_operation_find(state >= 0.0 ? "restore" : "gain"));
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {0.001, 0.002, 200.0, 3000.0}};
    assert_ok(sono_mask_add(&edit.mask, &box, &err), err);
    (void)snprintf(edit.label, sizeof edit.label, "%s", label);
    edit.params.v[0] = state >= 0.0 ? state : -6.0;
    assert_ok(sono_clip_splice(sono_document_clip(f->doc), 1, 5, planes, &clip, &err), err);
    assert_ok(sono_document_push(f->doc, sono_clip_revision(sono_document_clip(f->doc)), &edit, clip, (SonoSpan){1, 5},
                                 (SonoRegion){0.001, 0.002, 200, 3000}, &err),
              err);
    sono_clip_unref(clip);
    sono_edit_clear(&edit);
}

void update(Fixture *f)
{
    sono_recovery_update(f->recovery, f->doc);
    settle(f);
}

bool find_file(const Fixture *f, const char *suffix, char *path, size_t n_bytes)
{
    char command[256];
    (void)snprintf(command, sizeof command, "ls '%s' 2>/dev/null | grep '%s$'", f->folder, suffix);
    FILE *p = popen(command, "r");
    char name[200] = "";
    const bool found = fgets(name, sizeof name, p) != NULL;
    (void)pclose(p);
    name[strcspn(name, "\n")] = '\0';
    (void)snprintf(path, n_bytes, "%s/%s", f->folder, name);
    return found;
}

size_t n_files(const Fixture *f, const char *pattern)
{
    char command[256];
    int n = 0;
    (void)snprintf(command, sizeof command, "ls -A '%s' 2>/dev/null | grep -c '%s'", f->folder, pattern);
    FILE *p = popen(command, "r");
    assert_int_equal(fscanf(p, "%d", &n), 1);
    (void)pclose(p);
    return (size_t)n;
}

const char *labels(const Fixture *f)
{
    static char text[1000];
    char path[300];
    RecoveryHeader header = {0};
    SonoEditScript script = {0};
    SonoError err = {0};
    text[0] = '\0';
    if (!find_file(f, ".jsonl", path, sizeof path)) {
        return "no file";
    }
    assert_ok(recovery_read(path, &header, &script, &err), err);
    assert_int_equal(header.n_edits, script.n_edits);
    assert_string_equal(header.sound_path, f->sound);
    for (size_t i = 0; i < script.n_edits; i++) {
        (void)strcat(text, i ? "," : "");
        (void)strcat(text, script.edits[i].label);
    }
    recovery_header_clear(&header);
    sono_edit_script_clear(&script);
    return text;
}

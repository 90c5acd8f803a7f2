/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings: one table of properties; a key file that holds what differs from the defaults. Keys that this version does
 * not know stay in the file. Writing happens on a worker, a second after the last change. */
#include "sono_settings.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <math.h>

#include "settings_table.h"
#include "sono_log.h"

#define WRITE_DELAY_MS 1000

/* What one file is written with, kept alive by the writes that are under way. */
typedef struct Target {
    char *path;
    GMutex lock;
    guint64 n_written; /* of the newest text in the file; under lock */
} Target;

struct _SonoSettings {
    GObject parent_instance;
    GKeyFile *keys;
    Target *target; /* atomic box */
    GValue values[SONO_N_SETTINGS];
    guint timer;
    guint64 n_changes, n_flushed;
};

G_DEFINE_FINAL_TYPE(SonoSettings, sono_settings, G_TYPE_OBJECT)

static GParamSpec *specs[SONO_N_SETTINGS + 1];

static void clear_target(gpointer data)
{
    Target *target = data;
    g_mutex_clear(&target->lock);
    g_free(target->path);
}

/* ---- writing ---- */

static gboolean write_text(Target *target, guint64 number, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_mutex_lock(&target->lock);
    gboolean ok = TRUE;
    if (number > target->n_written) {
        g_autofree char *folder = g_path_get_dirname(target->path);
        ok = g_mkdir_with_parents(folder, 0700) == 0;
        if (!ok) {
            sono_log(SONO_LOG_WARNING, "settings", "%s: the folder cannot be made: %s", folder, g_strerror(errno));
        } else {
            ok = g_file_set_contents_full(target->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
        }
        if (error) {
            sono_log(SONO_LOG_WARNING, "settings", "settings cannot be written: %s", error->message);
        }
        target->n_written = number;
    }
    g_mutex_unlock(&target->lock);
    return ok;
}

typedef struct Write {
    Target *target;
    guint64 number;
    char *text;
} Write;

static void free_write(gpointer data)
{
    Write *write = data;
    g_atomic_rc_box_release_full(write->target, clear_target);
    g_free(write->text);
    g_free(write);
}

static void write_on_worker(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const Write *write = data;
    (void)write_text(write->target, write->number, write->text);
}

static gboolean on_timer(gpointer data)
{
    SonoSettings *s = data;
    s->timer = 0;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, NULL, NULL);
    Write *write = g_new(Write, 1);
    *write = (Write){g_atomic_rc_box_acquire(s->target), s->n_changes, g_key_file_to_data(s->keys, NULL, NULL)};
    g_task_set_task_data(task, write, free_write);
    g_task_run_in_thread(task, write_on_worker);
    return G_SOURCE_REMOVE;
}

static void changed(SonoSettings *s)
{
    s->n_changes++;
    g_clear_handle_id(&s->timer, g_source_remove);
    s->timer = g_timeout_add(WRITE_DELAY_MS, on_timer, s);
}

gboolean sono_settings_flush(SonoSettings *s)
{
    g_clear_handle_id(&s->timer, g_source_remove);
    if (s->n_changes == s->n_flushed) {
        return TRUE;
    }
    g_autofree char *text = g_key_file_to_data(s->keys, NULL, NULL);
    s->n_flushed = s->n_changes;
    return write_text(s->target, s->n_changes, text);
}

/* ---- properties ---- */

static gboolean is_valid(const SonoSetting *setting, const GValue *value)
{
    switch (setting->type) {
    case G_TYPE_STRING:
        return g_value_get_string(value) && sono_setting_takes(setting, g_value_get_string(value));
    case G_TYPE_DOUBLE: {
        const double v = g_value_get_double(value);
        return v >= setting->min && v <= setting->max; /* and not NaN */
    }
    case G_TYPE_INT:
        return g_value_get_int(value) >= (int)setting->min && g_value_get_int(value) <= (int)setting->max;
    default:
        return TRUE;
    }
}

static gboolean equal(const GValue *a, const GValue *b)
{
    switch (G_VALUE_TYPE(a)) {
    case G_TYPE_STRING:
        return g_strcmp0(g_value_get_string(a), g_value_get_string(b)) == 0;
    case G_TYPE_DOUBLE:
        return g_value_get_double(a) == g_value_get_double(b);
    case G_TYPE_INT:
        return g_value_get_int(a) == g_value_get_int(b);
    default:
        return g_value_get_boolean(a) == g_value_get_boolean(b);
    }
}

static void set_default(const SonoSetting *setting, GValue *value)
{
    switch (setting->type) {
    case G_TYPE_STRING:
        g_value_set_string(value, setting->text);
        break;
    case G_TYPE_DOUBLE:
        g_value_set_double(value, setting->number);
        break;
    case G_TYPE_INT:
        g_value_set_int(value, (int)setting->number);
        break;
    default:
        g_value_set_boolean(value, setting->number != 0.0);
    }
}

static void store(SonoSettings *s, const SonoSetting *setting, const GValue *value)
{
    g_auto(GValue) usual = G_VALUE_INIT;
    g_value_init(&usual, setting->type);
    set_default(setting, &usual);
    if (equal(value, &usual)) {
        g_key_file_remove_key(s->keys, setting->group, setting->name, NULL);
        return;
    }
    switch (setting->type) {
    case G_TYPE_STRING:
        g_key_file_set_string(s->keys, setting->group, setting->name, g_value_get_string(value));
        break;
    case G_TYPE_DOUBLE:
        g_key_file_set_double(s->keys, setting->group, setting->name, g_value_get_double(value));
        break;
    case G_TYPE_INT:
        g_key_file_set_integer(s->keys, setting->group, setting->name, g_value_get_int(value));
        break;
    default:
        g_key_file_set_boolean(s->keys, setting->group, setting->name, g_value_get_boolean(value));
    }
}

static void sono_settings_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    SonoSettings *s = SONO_SETTINGS(object);
    const SonoSetting *setting = &sono_setting_table[id - 1];
    if (!is_valid(setting, value) || equal(value, &s->values[id - 1])) {
        return;
    }
    g_value_copy(value, &s->values[id - 1]);
    store(s, setting, value);
    changed(s);
    g_object_notify_by_pspec(object, spec);
}

static void sono_settings_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    g_value_copy(&SONO_SETTINGS(object)->values[id - 1], value);
}

/* ---- reading ---- */

/* FALSE: the key is there, but no value of it. */
static gboolean read_value(GKeyFile *keys, const SonoSetting *setting, GValue *value)
{
    g_autoptr(GError) error = NULL;
    if (!g_key_file_has_key(keys, setting->group, setting->name, NULL)) {
        return TRUE;
    }
    g_auto(GValue) read = G_VALUE_INIT;
    g_value_init(&read, setting->type);
    switch (setting->type) {
    case G_TYPE_STRING:
        g_value_take_string(&read, g_key_file_get_string(keys, setting->group, setting->name, &error));
        break;
    case G_TYPE_DOUBLE:
        g_value_set_double(&read, g_key_file_get_double(keys, setting->group, setting->name, &error));
        break;
    case G_TYPE_INT:
        g_value_set_int(&read, g_key_file_get_integer(keys, setting->group, setting->name, &error));
        break;
    default:
        g_value_set_boolean(&read, g_key_file_get_boolean(keys, setting->group, setting->name, &error));
    }
    if (error || !is_valid(setting, &read)) {
        return FALSE;
    }
    g_value_copy(&read, value);
    return TRUE;
}

/* A file that is no key file is kept beside, under another name, for who wants to mend it. */
static void put_aside(const char *path)
{
    g_autofree char *aside = g_strconcat(path, ".damaged", NULL);
    (void)g_rename(path, aside);
}

static void back_to_default(SonoSettings *s, const char *name, GString *bad)
{
    for (gsize i = 0; i < SONO_N_SETTINGS; i++) {
        const SonoSetting *setting = &sono_setting_table[i];
        if (strcmp(setting->name, name) == 0) {
            set_default(setting, &s->values[i]);
            g_key_file_remove_key(s->keys, setting->group, name, NULL);
            g_string_append_printf(bad, "%s%s", bad->len > 0 ? ", " : "", name);
        }
    }
}

static void load(SonoSettings *s)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) bad = g_string_new(NULL);
    if (!g_key_file_load_from_file(s->keys, s->target->path, G_KEY_FILE_KEEP_COMMENTS, &error) &&
        !g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        sono_log(SONO_LOG_WARNING, "settings", "%s: %s; the defaults are used", s->target->path, error->message);
        if (error->domain == G_KEY_FILE_ERROR) {
            put_aside(s->target->path);
        }
        g_key_file_unref(s->keys);
        s->keys = g_key_file_new();
        return;
    }
    for (gsize i = 0; i < SONO_N_SETTINGS; i++) {
        const SonoSetting *setting = &sono_setting_table[i];
        if (!read_value(s->keys, setting, &s->values[i])) {
            back_to_default(s, setting->name, bad);
        }
    }
    double floor_db = 0.0;
    double ceiling_db = 0.0;
    g_object_get(s, "floor-db", &floor_db, "ceiling-db", &ceiling_db, NULL);
    if (floor_db >= ceiling_db) {
        back_to_default(s, "floor-db", bad);
        back_to_default(s, "ceiling-db", bad);
    }
    if (bad->len > 0) {
        sono_log(SONO_LOG_WARNING, "settings", "%s: no such value, the default is used: %s", s->target->path, bad->str);
    }
}

double sono_settings_get_param(SonoSettings *s, const char *operation, const char *param, double fallback)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *key = g_strconcat(operation, ".", param, NULL);
    const double value = g_key_file_get_double(s->keys, "parameters", key, &error);
    return error || !isfinite(value) ? fallback : value;
}

void sono_settings_set_param(SonoSettings *s, const char *operation, const char *param, double value)
{
    g_autofree char *key = g_strconcat(operation, ".", param, NULL);
    if (isfinite(value) && sono_settings_get_param(s, operation, param, (double)NAN) != value) {
        g_key_file_set_double(s->keys, "parameters", key, value);
        changed(s);
    }
}

/* ---- life ---- */

static void sono_settings_finalize(GObject *object)
{
    SonoSettings *s = SONO_SETTINGS(object);
    (void)sono_settings_flush(s);
    for (gsize i = 0; i < SONO_N_SETTINGS; i++) {
        g_value_unset(&s->values[i]);
    }
    g_key_file_unref(s->keys);
    g_atomic_rc_box_release_full(s->target, clear_target);
    G_OBJECT_CLASS(sono_settings_parent_class)->finalize(object);
}

static GParamSpec *make_spec(const SonoSetting *setting)
{
    const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
    switch (setting->type) {
    case G_TYPE_STRING:
        return g_param_spec_string(setting->name, NULL, NULL, setting->text, flags);
    case G_TYPE_DOUBLE:
        return g_param_spec_double(setting->name, NULL, NULL, setting->min, setting->max, setting->number, flags);
    case G_TYPE_INT:
        return g_param_spec_int(setting->name, NULL, NULL, (int)setting->min, (int)setting->max, (int)setting->number,
                                flags);
    default:
        return g_param_spec_boolean(setting->name, NULL, NULL, setting->number != 0.0, flags);
    }
}

static void sono_settings_class_init(SonoSettingsClass *class)
{
    GObjectClass *object = G_OBJECT_CLASS(class);
    object->set_property = sono_settings_set_property;
    object->get_property = sono_settings_get_property;
    object->finalize = sono_settings_finalize;
    for (guint i = 0; i < SONO_N_SETTINGS; i++) {
        specs[i + 1] = make_spec(&sono_setting_table[i]);
    }
    g_object_class_install_properties(object, SONO_N_SETTINGS + 1, specs);
}

static void sono_settings_init(SonoSettings *s)
{
    s->keys = g_key_file_new();
    for (gsize i = 0; i < SONO_N_SETTINGS; i++) {
        g_value_init(&s->values[i], sono_setting_table[i].type);
        set_default(&sono_setting_table[i], &s->values[i]);
    }
}

SonoSettings *sono_settings_new(const char *file)
{
    SonoSettings *s = g_object_new(SONO_TYPE_SETTINGS, NULL);
    s->target = g_atomic_rc_box_new0(Target);
    g_mutex_init(&s->target->lock);
    s->target->path =
        file ? g_strdup(file) : g_build_filename(g_get_user_config_dir(), "sonobrush", "settings.ini", NULL);
    load(s);
    return s;
}

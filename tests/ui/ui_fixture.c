/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui_fixture.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

#define WAIT_US (20 * G_USEC_PER_SEC)

static void on_activate(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    UiFixture *f = data;
    g_string_append(f->actions, g_action_get_name(G_ACTION(action)));
    if (parameter) {
        g_autofree char *value = g_variant_print(parameter, FALSE);
        g_string_append_printf(f->actions, "=%s", value);
    }
    g_string_append_c(f->actions, ';');
}

static void on_change(GSimpleAction *action, GVariant *value, gpointer data)
{
    UiFixture *f = data;
    if (strcmp(g_action_get_name(G_ACTION(action)), "tool") == 0) {
        sono_scene_set_tool(sono_canvas_scene(f->canvas), sono_tool_find(g_variant_get_string(value, NULL)));
    }
    g_simple_action_set_state(action, value);
    on_activate(action, value, data);
}

static void add_actions(UiFixture *f)
{
    static const char *const plain[] = {
        "apply",      "erase-selection", "select-none", "brush-smaller", "brush-bigger", "brush-softer", "brush-harder",
        "zoom-fit",   "zoom-selection",  "pan-left",    "pan-right",     "pan-up",       "pan-down",     "page-left",
        "page-right", "go-start",        "go-end",      "fit-contrast",  "play-delta"};
    static const struct {
        const char *name, *state;
    } stateful[] = {{"tool", "'box'"},   {"compare", "false"}, {"link-channels", "true"}, {"axis", "'mel'"},
                    {"show", "'level'"}, {"loop", "false"},    {"follow", "'off'"},       {"auto-audition", "false"}};
    for (gsize i = 0; i < G_N_ELEMENTS(plain); i++) {
        const GActionEntry entry = {.name = plain[i], .activate = on_activate};
        g_action_map_add_action_entries(G_ACTION_MAP(f->window), &entry, 1, f);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(stateful); i++) {
        const GActionEntry entry = {.name = stateful[i].name, .state = stateful[i].state, .change_state = on_change};
        g_action_map_add_action_entries(G_ACTION_MAP(f->window), &entry, 1, f);
    }
    const GActionEntry nudge = {.name = "nudge-param", .activate = on_activate, .parameter_type = "d"};
    g_action_map_add_action_entries(G_ACTION_MAP(f->window), &nudge, 1, f);
}

static void on_edited(SonoCanvas *canvas, const SonoEdit *edit, UiFixture *f)
{
    SonoError err = {0};
    sono_edit_clear(&f->edit);
    assert_ok(sono_edit_copy(edit, &f->edit, &err), err);
    f->n_edits++;
    sono_strokes_drop_newest(sono_scene_strokes(sono_canvas_scene(canvas))); /* nobody commits it */
}

static void on_noticed(SonoCanvas *canvas, const char *line, UiFixture *f)
{
    g_string_append_printf(f->notices, "%s\n", line);
}

static void count(int *n)
{
    (*n)++;
}

static void make_sound(UiFixture *f)
{
    const int64_t n = (int64_t)(UI_RATE * UI_SECONDS);
    SonoError err = {0};
    SonoClipBuilder *builder = NULL;
    g_autofree float *pcm = g_new(float, (gsize)n);
    uint64_t seed = 3;
    for (int64_t i = 0; i < n; i++) {
        pcm[i] = 0.05f * sono_test_noise(&seed) + 0.3f * sinf(0.08f * (float)i);
    }
    assert_ok(sono_engine_new("cpu", 2, &f->engine, &err), err);
    assert_ok(sono_pcm_store_new(0, NULL, &f->store, &err), err);
    assert_ok(sono_display_plan(f->engine, NULL, NULL, UI_RATE, 0, &f->plan, &err), err);
    assert_ok(sono_clip_builder_new(f->store, UI_RATE, 1, &builder, &err), err);
    assert_ok(sono_clip_builder_append(builder, (const float *const[]){pcm}, n, &err), err);
    assert_ok(sono_clip_builder_finish(builder, &f->clip, &err), err);
}

static GtkWidget *canvas_and_entry(UiFixture *f)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    f->canvas = SONO_CANVAS(sono_canvas_new(f->engine));
    f->entry = gtk_entry_new();
    gtk_widget_set_vexpand(GTK_WIDGET(f->canvas), TRUE);
    gtk_box_append(GTK_BOX(box), GTK_WIDGET(f->canvas));
    gtk_box_append(GTK_BOX(box), f->entry);
    return box;
}

static gboolean is_shown(UiFixture *f)
{
    return gtk_window_is_active(f->window) && gtk_widget_get_width(GTK_WIDGET(f->canvas)) > 0;
}

void ui_open(UiFixture *f, GtkWidget *(*make_content)(UiFixture *f))
{
    SonoError err = {0};
    memset(f, 0, sizeof *f);
    f->actions = g_string_new(NULL);
    f->notices = g_string_new(NULL);
    make_sound(f);
    f->window = g_object_new(GTK_TYPE_APPLICATION_WINDOW, "title", "ui-test", "default-width", 900, "default-height",
                             600, NULL);
    add_actions(f);
    gtk_window_set_child(f->window, (make_content ? make_content : canvas_and_entry)(f));
    g_signal_connect(f->canvas, "edited", G_CALLBACK(on_edited), f);
    g_signal_connect(f->canvas, "noticed", G_CALLBACK(on_noticed), f);
    g_signal_connect_swapped(f->canvas, "view-changed", G_CALLBACK(count), &f->n_view);
    g_signal_connect_swapped(f->canvas, "selection-changed", G_CALLBACK(count), &f->n_selection);
    g_signal_connect_swapped(f->canvas, "tool-changed", G_CALLBACK(count), &f->n_tool);
    g_signal_connect_swapped(f->canvas, "pointed", G_CALLBACK(count), &f->n_pointed);
    SonoScene *scene = sono_canvas_scene(f->canvas);
    assert_ok(sono_scene_set_sound(scene, f->plan, f->clip, 1, UI_SECONDS, 0,
                                   (SonoSpan){0, (int64_t)(UI_RATE * UI_SECONDS)}, &err),
              err);
    sono_scene_set_tool(scene, sono_tool_find("box"));
    sono_canvas_refresh(f->canvas);
    gtk_window_present(f->window);
    gtk_widget_grab_focus(GTK_WIDGET(f->canvas));
    ui_wait(f, is_shown, "a window");
    ui_wait(f, ui_is_settled, "a picture");
}

void ui_close(UiFixture *f)
{
    gtk_window_destroy(f->window);
    ui_run_ms(50);
    sono_engine_free(f->engine);
    sono_clip_unref(f->clip);
    sono_plan_unref(f->plan);
    sono_pcm_store_unref(f->store);
    sono_edit_clear(&f->edit);
    g_string_free(f->actions, TRUE);
    g_string_free(f->notices, TRUE);
}

static gboolean on_tick(gpointer data)
{
    return G_SOURCE_CONTINUE;
}

void ui_wait(UiFixture *f, gboolean (*done)(UiFixture *f), const char *what)
{
    const gint64 until_us = g_get_monotonic_time() + WAIT_US;
    const guint tick = g_timeout_add(10, on_tick, NULL); /* that the loop turns */
    while (!done(f) && g_get_monotonic_time() < until_us) {
        (void)g_main_context_iteration(NULL, TRUE);
    }
    g_source_remove(tick);
    if (!done(f)) {
        fail_msg("waited for %s in vain; actions: %s", what, f->actions->str);
    }
}

void ui_run_ms(guint ms)
{
    const gint64 until_us = g_get_monotonic_time() + 1000 * (gint64)ms;
    const guint tick = g_timeout_add(5, on_tick, NULL);
    while (g_get_monotonic_time() < until_us) {
        (void)g_main_context_iteration(NULL, TRUE);
    }
    g_source_remove(tick);
}

void ui_xdotool(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *tail = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *line = g_strconcat("xdotool ", tail, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_spawn_command_line_sync(line, NULL, NULL, NULL, &error)) {
        fail_msg("%s: %s", line, error->message);
    }
    ui_run_ms(30);
}

void ui_mouse_to(UiFixture *f, GtkWidget *widget, double x_px, double y_px)
{
    double x = 0.0;
    double y = 0.0;
    double dx = 0.0;
    double dy = 0.0;
    gtk_native_get_surface_transform(GTK_NATIVE(f->window), &dx, &dy);
    assert_true(gtk_widget_translate_coordinates(widget, GTK_WIDGET(f->window), x_px, y_px, &x, &y));
    /* the window has the title that is searched for; its frame is the window manager's */
    ui_xdotool("search --onlyvisible --name ^ui-test$ mousemove --window %%1 %d %d", (int)(x + dx), (int)(y + dy));
}

gboolean ui_is_settled(UiFixture *f)
{
    gboolean settled = FALSE;
    g_object_get(f->canvas, "settled", &settled, NULL);
    return settled;
}

const char *ui_take_actions(UiFixture *f)
{
    static char taken[512];
    g_strlcpy(taken, f->actions->str, sizeof taken);
    g_string_truncate(f->actions, 0);
    return taken;
}

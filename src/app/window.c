/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window: an editor's news shown on a canvas, and the commands on both. The widgets are in window.ui. */
#include "sono_app.h"

#include "sono_app_resources.h"
#include "sono_canvas.h"
#include "sono_editor.h"

struct _SonoWindow {
    GtkApplicationWindow parent_instance;
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoEditor *editor; /* NULL while empty */
    SonoViewState like; /* the view when the file was opened, for the loading thread */
    int wake_pending;   /* atomic */
    GtkWidget *canvas, *stage, *place, *progress, *notice, *notice_text, *operation, *amount_label, *amount_spin;
    GtkAdjustment *amount, *brush_ms, *brush_octaves;
};

G_DEFINE_FINAL_TYPE(SonoWindow, sono_window, GTK_TYPE_APPLICATION_WINDOW)

static SonoScene *scene_of(SonoWindow *w)
{
    return sono_canvas_scene(SONO_CANVAS(w->canvas));
}

static void set_enabled(SonoWindow *w, const char *name, gboolean enabled)
{
    g_simple_action_set_enabled(G_SIMPLE_ACTION(g_action_map_lookup_action(G_ACTION_MAP(w), name)), enabled);
}

/* Title, progress, what can be done now, and the same as the state of win.status for scripts and tests. */
static void update_status(SonoWindow *w)
{
    char text[160] = "empty";
    gboolean settled = FALSE;
    SonoEditor *e = w->editor;
    SonoDocument *doc = e ? sono_editor_document(e) : NULL;
    g_object_get(w->canvas, "settled", &settled, NULL);
    g_autofree char *status =
        g_strdup_printf("%s settled=%d", e ? sono_editor_describe(e, text, sizeof text) : text, settled);
    g_action_group_change_action_state(G_ACTION_GROUP(w), "status", g_variant_new_string(status));
    g_autofree char *name = doc ? g_path_get_basename(sono_document_path(doc)) : g_strdup("Sonobrush");
    g_autofree char *title = g_strconcat(doc && sono_document_is_modified(doc) ? "*" : "", name, NULL);
    gtk_window_set_title(GTK_WINDOW(w), title);
    gtk_widget_set_visible(w->progress, e && sono_editor_is_busy(e));
    set_enabled(w, "undo", e && sono_editor_can_undo(e));
    set_enabled(w, "redo", e && sono_editor_can_redo(e));
    static const char *const saving[] = {"save-as", "save-to", "export-edits", "export-edits-to"};
    for (gsize i = 0; i < G_N_ELEMENTS(saving); i++) {
        set_enabled(w, saving[i], doc && sono_editor_n_queued(e) == 0);
    }
}

static void show_notice(SonoWindow *w, const char *line)
{
    gtk_label_set_text(GTK_LABEL(w->notice_text), line);
    gtk_info_bar_set_revealed(GTK_INFO_BAR(w->notice), TRUE);
    g_message("%s", line);
}

static void on_noticed(SonoCanvas *canvas, const char *line, SonoWindow *w)
{
    show_notice(w, line);
}

static void on_notice_closed(GtkInfoBar *bar, int response, SonoWindow *w)
{
    gtk_info_bar_set_revealed(bar, FALSE);
}

static void show_sound(SonoWindow *w, const SonoEditorNews *news)
{
    SonoError err = {0};
    SonoPlan *plan = NULL;
    if (sono_display_plan(w->engine, news->rate_hz, &plan, &err) != SONO_OK ||
        sono_scene_set_sound(scene_of(w), plan, news->clip, news->n_channels, news->end_s, news->parent_revision,
                             news->dirty, &err) != SONO_OK) {
        show_notice(w, err.message);
    }
    sono_plan_unref(plan);
}

static void show_news(SonoWindow *w, const SonoEditorNews *news)
{
    static void (*const strokes_hear[])(SonoStrokes * strokes) = {
        [SONO_NEWS_COMMITTED] = sono_strokes_committed,
        [SONO_NEWS_DROPPED] = sono_strokes_drop_oldest,
        [SONO_NEWS_TAKEN_BACK] = sono_strokes_drop_newest,
        [SONO_NEWS_CHANGED] = NULL, /* the last kind */
    };
    if (strokes_hear[news->kind]) {
        strokes_hear[news->kind](sono_scene_strokes(scene_of(w)));
    }
    if (news->kind == SONO_NEWS_LENGTH || news->kind == SONO_NEWS_SOUND) {
        show_sound(w, news);
    }
    if (news->kind == SONO_NEWS_FAILED) {
        g_clear_pointer(&w->editor, sono_editor_close);
    }
    if (news->line[0]) {
        show_notice(w, news->line);
    }
    sono_clip_unref(news->clip);
}

static gboolean on_news(gpointer data)
{
    SonoWindow *w = data;
    SonoEditorNews news = {0};
    g_atomic_int_set(&w->wake_pending, 0);
    while (w->editor && sono_editor_poll(w->editor, &news)) {
        show_news(w, &news);
    }
    if (w->canvas) { /* not disposed */
        sono_canvas_refresh(SONO_CANVAS(w->canvas));
        update_status(w);
    }
    return G_SOURCE_REMOVE;
}

/* Any thread. */
static void wake(void *ctx)
{
    SonoWindow *w = ctx;
    if (g_atomic_int_compare_and_exchange(&w->wake_pending, 0, 1)) {
        g_idle_add_full(G_PRIORITY_DEFAULT, on_news, g_object_ref(w), g_object_unref);
    }
}

/* Loading thread. Without a first picture the sound's own tiles come first. */
static void on_opened(void *ctx, SonoDecoder *dec, const SonoAudioInfo *info, const SonoJobTicket *ticket)
{
    SonoWindow *w = ctx;
    if (info->seekable) {
        const SonoPcmReader reader = sono_decoder_reader(dec);
        (void)sono_first_picture(sono_scene_feed(scene_of(w)), w->engine, &reader, w->like, ticket, NULL);
    }
}

gboolean sono_window_is_empty(SonoWindow *w)
{
    return !w->editor && !sono_scene_plan(scene_of(w));
}

void sono_window_open(SonoWindow *w, const char *path)
{
    SonoError err = {0};
    const SonoOpeningEvents events = {w, wake, on_opened};
    w->like = *sono_scene_view(scene_of(w));
    w->like.width_px = MAX(w->like.width_px, 1024.0); /* not laid out yet: as good as any */
    w->like.height_px = MAX(w->like.height_px, 512.0);
    gtk_info_bar_set_revealed(GTK_INFO_BAR(w->notice), FALSE);
    if (sono_editor_open(w->engine, w->store, path, &events, &w->editor, &err) != SONO_OK) {
        show_notice(w, err.message);
    }
    update_status(w);
}

static void on_stroked(SonoCanvas *canvas, const SonoEdit *edit, SonoWindow *w)
{
    SonoError err = {0};
    if (sono_editor_push(w->editor, edit, &err) != SONO_OK) {
        sono_strokes_drop_newest(sono_scene_strokes(scene_of(w)));
        show_notice(w, err.message);
    }
    update_status(w);
}

static void on_pointed(SonoWindow *w)
{
    const SonoProbe at = sono_scene_probe(scene_of(w));
    g_autofree char *text =
        at.inside ? g_strdup_printf("%.3f s   %.1f Hz   %.1f dB", at.t_s, at.freq_hz, at.level_db) : g_strdup("");
    gtk_label_set_text(GTK_LABEL(w->place), text);
}

static const SonoOperation *chosen_operation(SonoWindow *w)
{
    return sono_operations[gtk_drop_down_get_selected(GTK_DROP_DOWN(w->operation))];
}

/* The operation, its first parameter and the brush, from the tool strip to the scene. */
static void on_tool_changed(SonoWindow *w)
{
    const SonoOperation *op = chosen_operation(w);
    SonoParams params = sono_params_defaults(op->params);
    if (op->params.n > 0) {
        params.v[0] = gtk_adjustment_get_value(w->amount);
    }
    SonoToolOptions *options = sono_scene_options(scene_of(w));
    options->brush.radius_ms = gtk_adjustment_get_value(w->brush_ms);
    options->brush.radius_oct = gtk_adjustment_get_value(w->brush_octaves);
    options->operation = op;
    options->params = params;
}

static void on_operation_changed(SonoWindow *w)
{
    const SonoOperation *op = chosen_operation(w);
    const SonoParamDesc *p = op->params.n > 0 ? &op->params.desc[0] : NULL;
    gtk_widget_set_visible(w->amount_label, p != NULL);
    gtk_widget_set_visible(w->amount_spin, p != NULL);
    if (p) {
        g_autofree char *label = g_strdup_printf("%s %s", p->title, p->unit);
        gtk_label_set_text(GTK_LABEL(w->amount_label), label);
        gtk_adjustment_configure(w->amount, p->def, p->min, p->max, (p->max - p->min) / 200.0, 1.0, 0.0);
    }
    on_tool_changed(w);
}

static void undo(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)sono_editor_undo(SONO_WINDOW(data)->editor);
}

static void redo(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)sono_editor_redo(SONO_WINDOW(data)->editor);
}

/* Actions save-... write the sound, export-... the edits. */
static void save(SonoWindow *w, const char *action, const char *path)
{
    SonoError err = {0};
    const SonoSavingKind kind = g_str_has_prefix(action, "export") ? SONO_SAVING_EDITS : SONO_SAVING_SOUND;
    if (sono_editor_save(w->editor, kind, path, &err) != SONO_OK) {
        show_notice(w, err.message);
    }
    update_status(w);
}

static void save_to(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    save(data, g_action_get_name(G_ACTION(action)), g_variant_get_string(parameter, NULL));
}

static void on_save_chosen(GtkNativeDialog *dialog, int response, SonoWindow *w)
{
    g_autoptr(GFile) file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog));
    if (response == GTK_RESPONSE_ACCEPT && file && w->editor) {
        save(w, g_object_get_data(G_OBJECT(dialog), "action"), g_file_peek_path(file));
    }
    g_object_unref(dialog);
}

static void save_as(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    const char *name = g_action_get_name(G_ACTION(action));
    const gboolean edits = g_str_has_prefix(name, "export");
    GtkFileChooserNative *dialog = gtk_file_chooser_native_new(edits ? "Export Edits" : "Save Sound As", data,
                                                               GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
    g_autofree char *base = g_path_get_basename(sono_document_path(sono_editor_document(SONO_WINDOW(data)->editor)));
    gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(dialog), edits ? "edits.json" : base);
    g_object_set_data_full(G_OBJECT(dialog), "action", g_strdup(name), g_free);
    g_signal_connect_object(dialog, "response", G_CALLBACK(on_save_chosen), data, 0);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

static void zoom(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)sono_view_state_command(sono_scene_view(scene_of(data)), g_action_get_name(G_ACTION(action)));
    sono_canvas_refresh(SONO_CANVAS(SONO_WINDOW(data)->canvas));
}

static void set_axis(GSimpleAction *action, GVariant *value, gpointer data)
{
    if (sono_scene_set_scale(scene_of(data), g_variant_get_string(value, NULL))) {
        g_simple_action_set_state(action, value);
        sono_canvas_refresh(SONO_CANVAS(SONO_WINDOW(data)->canvas));
    }
}

static void sono_window_dispose(GObject *object)
{
    SonoWindow *w = SONO_WINDOW(object);
    g_clear_pointer(&w->editor, sono_editor_close);
    w->canvas = NULL;
    gtk_widget_dispose_template(GTK_WIDGET(w), SONO_TYPE_WINDOW);
    G_OBJECT_CLASS(sono_window_parent_class)->dispose(object);
}

static void sono_window_class_init(SonoWindowClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_window_dispose;
    sono_app_register_resource();
    gtk_widget_class_set_template_from_resource(widget, "/io/github/sonobrush/Sonobrush/window.ui");
#define CHILD(name) gtk_widget_class_bind_template_child(widget, SonoWindow, name)
    CHILD(stage), CHILD(place), CHILD(progress), CHILD(notice), CHILD(notice_text), CHILD(operation), CHILD(amount);
    CHILD(amount_label), CHILD(amount_spin), CHILD(brush_ms), CHILD(brush_octaves);
#define CALLBACK(name) gtk_widget_class_bind_template_callback(widget, name)
    CALLBACK(on_notice_closed), CALLBACK(on_tool_changed), CALLBACK(on_operation_changed);
}

static void sono_window_init(SonoWindow *w)
{
    static const GActionEntry actions[] = {
        {.name = "undo", .activate = undo},
        {.name = "redo", .activate = redo},
        {.name = "save-as", .activate = save_as},
        {.name = "save-to", .activate = save_to, .parameter_type = "s"},
        {.name = "export-edits", .activate = save_as},
        {.name = "export-edits-to", .activate = save_to, .parameter_type = "s"},
        {.name = "zoom-in", .activate = zoom},
        {.name = "zoom-out", .activate = zoom},
        {.name = "zoom-fit", .activate = zoom},
        {.name = "zoom-in-freq", .activate = zoom},
        {.name = "zoom-out-freq", .activate = zoom},
        {.name = "axis", .parameter_type = "s", .state = "'mel'", .change_state = set_axis},
        {.name = "status", .state = "'empty'"},
    };
    gtk_widget_init_template(GTK_WIDGET(w));
    g_action_map_add_action_entries(G_ACTION_MAP(w), actions, G_N_ELEMENTS(actions), w);
}

SonoWindow *sono_window_new(GtkApplication *app, SonoEngine *engine, SonoPcmStore *store, SonoSettings *settings)
{
    SonoWindow *w = g_object_new(SONO_TYPE_WINDOW, "application", app, NULL);
    w->engine = engine;
    w->store = store;
    w->canvas = sono_canvas_new(engine);
    sono_scene_set_tool(scene_of(w), sono_tool_find("brush"));
    gtk_widget_set_hexpand(w->canvas, TRUE);
    gtk_box_append(GTK_BOX(w->stage), w->canvas);
    g_signal_connect(w->canvas, "edited", G_CALLBACK(on_stroked), w);
    g_signal_connect(w->canvas, "noticed", G_CALLBACK(on_noticed), w);
    g_signal_connect_swapped(w->canvas, "pointed", G_CALLBACK(on_pointed), w);
    g_signal_connect_swapped(w->canvas, "notify::settled", G_CALLBACK(update_status), w);
    GtkStringList *titles = gtk_string_list_new(NULL);
    for (const SonoOperation *const *op = sono_operations; *op; op++) {
        gtk_string_list_append(titles, (*op)->title);
    }
    gtk_drop_down_set_model(GTK_DROP_DOWN(w->operation), G_LIST_MODEL(titles));
    g_object_unref(titles);
    const struct {
        const char *name, *property;
        gpointer object;
    } tools[] = {{"operation", "selected", w->operation},
                 {"amount", "value", w->amount},
                 {"brush-ms", "value", w->brush_ms},
                 {"brush-octaves", "value", w->brush_octaves}};
    for (gsize i = 0; i < G_N_ELEMENTS(tools); i++) {
        g_autoptr(GPropertyAction) action = g_property_action_new(tools[i].name, tools[i].object, tools[i].property);
        g_action_map_add_action(G_ACTION_MAP(w), G_ACTION(action));
    }
    on_operation_changed(w);
    update_status(w);
    return w;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line at the bottom: what is under the pointer, and the selection as numbers that can be typed. */
#include "sono_panels.h"

#include <glib/gi18n.h>
#include <math.h>

#include "value_entry.h"
#include "wrap_layout.h"

#define SPACING_PX 6

typedef enum Field { START, END, LENGTH, LOW, CENTRE, HIGH, N_FIELDS } Field;

static const struct {
    const char *title, *name, *tip;
} fields[N_FIELDS] = {
    [START] = {N_("Start"), N_("Start of the selection"), N_("Where the selection begins")},
    [END] = {N_("End"), N_("End of the selection"), N_("Where the selection ends")},
    [LENGTH] = {N_("Length"), N_("Length of the selection"), N_("How long the selection is; the start stays")},
    [LOW] = {N_("Low"), N_("Lowest frequency of the selection"), N_("Lower edge of the selection")},
    [CENTRE] = {N_("Centre"), N_("Centre frequency of the selection"),
                N_("Middle between the edges; the height in Hz stays")},
    [HIGH] = {N_("High"), N_("Highest frequency of the selection"), N_("Upper edge of the selection")},
};

struct _SonoStatusBar {
    GtkWidget parent_instance;
    SonoCanvas *canvas; /* borrowed: the window holds both */
    SonoTimeFormat time_format;
    SonoFreqFormat freq_format;
    GtkWidget *time, *freq, *note, *level, *channel;
    GtkWidget *entries[N_FIELDS];
    guint tell_source; /* the readout for assistive technology follows a few times a second */
};

G_DEFINE_FINAL_TYPE(SonoStatusBar, sono_status_bar, GTK_TYPE_WIDGET)

static void show_text(GtkWidget *inscription, const char *text)
{
    if (g_strcmp0(gtk_inscription_get_text(GTK_INSCRIPTION(inscription)), text) != 0) {
        gtk_inscription_set_text(GTK_INSCRIPTION(inscription), text);
    }
}

static gboolean tell_readout(gpointer data)
{
    SonoStatusBar *b = data;
    GtkWidget *const parts[] = {b->time, b->freq, b->note, b->level, b->channel};
    static const char *const names[] = {N_("Time"), N_("Frequency"), N_("Note"), N_("Level"), N_("Channel")};
    b->tell_source = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        const char *text = gtk_inscription_get_text(GTK_INSCRIPTION(parts[i]));
        g_autofree char *label = g_strdup_printf("%s: %s", _(names[i]), text && text[0] ? text : "–");
        gtk_accessible_update_property(GTK_ACCESSIBLE(parts[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    }
    return G_SOURCE_REMOVE;
}

static char *channel_text(const SonoViewState *v, int channel)
{
    if (v->n_channels == 2) {
        return g_strdup(channel == 0 ? C_("channel", "L") : C_("channel", "R"));
    }
    return v->n_channels > 2 ? g_strdup_printf(_("ch %d"), channel + 1) : g_strdup("");
}

static void show_probe(SonoStatusBar *b)
{
    SonoScene *scene = sono_canvas_scene(b->canvas);
    const SonoProbe at = scene ? sono_scene_probe(scene) : (SonoProbe){0};
    if (at.inside) {
        char note[24] = "";
        const SonoViewState *v = sono_scene_view(scene);
        g_autofree char *time =
            sono_format_time(at.t_s, 2.0 * v->nyquist_hz, v->s_per_px * v->width_px, b->time_format);
        g_autofree char *freq =
            at.freq_hz < 10000.0 ? g_strdup_printf("%.1f Hz", at.freq_hz) : g_strdup_printf("%.0f Hz", at.freq_hz);
        g_autofree char *level =
            at.level_db > SONO_TILE_FLOOR_DB ? g_strdup_printf("%.1f dB", at.level_db) : g_strdup("–∞ dB");
        g_autofree char *channel = channel_text(v, at.channel);
        show_text(b->time, time);
        show_text(b->freq, freq);
        show_text(b->note, sono_format_note(at.freq_hz, v->tuning_hz, note, sizeof note));
        show_text(b->level, level);
        show_text(b->channel, channel);
    } else {
        const double hint_hz = scene ? sono_canvas_hinted_freq(b->canvas) : (double)NAN;
        char note[24] = "";
        g_autofree char *freq = isfinite(hint_hz) ? g_strdup_printf("%.1f Hz", hint_hz) : g_strdup("");
        show_text(b->freq, freq);
        show_text(b->note, isfinite(hint_hz)
                               ? sono_format_note(hint_hz, sono_scene_view(scene)->tuning_hz, note, sizeof note)
                               : "");
        show_text(b->time, ""), show_text(b->level, ""), show_text(b->channel, "");
    }
    if (b->tell_source == 0) {
        b->tell_source = g_timeout_add(250, tell_readout, b);
    }
}

static double value_of(Field field, SonoRegion r)
{
    switch (field) {
    case START:
        return r.t0_s;
    case END:
        return r.t1_s;
    case LENGTH:
        return r.t1_s - r.t0_s;
    case LOW:
        return r.f0_hz;
    case CENTRE:
        return (r.f0_hz + r.f1_hz) / 2.0;
    case HIGH:
        return r.f1_hz;
    case N_FIELDS:
        break;
    }
    return 0.0;
}

/* The region with one of its numbers changed; what is not meant stays as far as it can. */
static SonoRegion with_value(Field field, SonoRegion r, double value)
{
    const double length_s = r.t1_s - r.t0_s;
    const double height_hz = r.f1_hz - r.f0_hz;
    switch (field) {
    case START:
        r.t1_s = value < r.t1_s ? r.t1_s : value + length_s;
        r.t0_s = value;
        break;
    case END:
        r.t0_s = value > r.t0_s ? r.t0_s : value - length_s;
        r.t1_s = value;
        break;
    case LENGTH:
        r.t1_s = r.t0_s + value;
        break;
    case LOW:
        r.f1_hz = value < r.f1_hz ? r.f1_hz : value + height_hz;
        r.f0_hz = value;
        break;
    case CENTRE:
        r.f0_hz = value - height_hz / 2.0;
        r.f1_hz = value + height_hz / 2.0;
        break;
    case HIGH:
        r.f0_hz = value > r.f0_hz ? r.f0_hz : value - height_hz;
        r.f1_hz = value;
        break;
    case N_FIELDS:
        break;
    }
    return r;
}

static SonoRegion whole(const SonoViewState *v)
{
    return (SonoRegion){0.0, v->end_s, 0.0, v->nyquist_hz};
}

static SonoRegion selected(SonoScene *scene)
{
    const SonoViewState *v = sono_scene_view(scene);
    return sono_selection_region(sono_scene_selection(scene), v->end_s, v->nyquist_hz);
}

static char *text_of(const SonoStatusBar *b, Field field, const SonoViewState *v, double value)
{
    if (field <= LENGTH) { /* as finely as is seen */
        return sono_format_time(value, 2.0 * v->nyquist_hz, v->s_per_px * v->width_px, b->time_format);
    }
    return sono_format_freq(value, b->freq_format, v->tuning_hz);
}

static void show_selection(SonoStatusBar *b)
{
    SonoScene *scene = sono_canvas_scene(b->canvas);
    if (!scene) {
        return;
    }
    const SonoViewState *v = sono_scene_view(scene);
    const SonoSelection *s = sono_scene_selection(scene);
    const gboolean empty = sono_selection_is_empty(s);
    const gboolean editable = sono_scene_plan(scene) && (empty || sono_selection_is_box(s));
    const SonoRegion r = selected(scene);
    for (Field f = START; f < N_FIELDS; f++) {
        g_autofree char *text = empty ? g_strdup("") : text_of(b, f, v, value_of(f, r));
        value_entry_show(VALUE_ENTRY(b->entries[f]), text, FALSE);
        gtk_editable_set_editable(GTK_EDITABLE(b->entries[f]), editable);
    }
}

static gboolean parse(const SonoStatusBar *b, Field field, const SonoViewState *v, const char *text, double *value)
{
    return field <= LENGTH ? sono_parse_time(text, 2.0 * v->nyquist_hz, b->time_format, value)
                           : sono_parse_freq(text, v->tuning_hz, value);
}

/* NULL, or why not. */
static char *select_with(SonoStatusBar *b, Field field, double value)
{
    SonoScene *scene = sono_canvas_scene(b->canvas);
    const SonoViewState *v = sono_scene_view(scene);
    const double top = field <= LENGTH ? v->end_s : v->nyquist_hz;
    const double slack = field <= LENGTH ? 0.5 / (2.0 * v->nyquist_hz) : 0.05;
    if (!(value >= 0.0 && value <= top + slack)) {
        g_autofree char *low = text_of(b, field, v, 0.0);
        g_autofree char *high = text_of(b, field, v, top);
        return g_strdup_printf(_("%s must be from %s to %s"), _(fields[field].title), low, high);
    }
    const SonoRegion before = sono_selection_is_empty(sono_scene_selection(scene)) ? whole(v) : selected(scene);
    const SonoRegion r = sono_region_intersect(with_value(field, before, value), whole(v));
    if (sono_region_is_empty(r)) {
        return g_strdup_printf(_("%s: nothing would be selected"), _(fields[field].title));
    }
    gtk_widget_activate_action(GTK_WIDGET(b), "win.select", "(dddd)", r.t0_s, r.t1_s, r.f0_hz, r.f1_hz);
    show_selection(b);
    return NULL;
}

static Field field_of(const SonoStatusBar *b, const GtkWidget *entry)
{
    Field f = START;
    while (f < HIGH && b->entries[f] != entry) {
        f++;
    }
    return f;
}

static char *on_entered(SonoStatusBar *b, const char *text, GtkWidget *entry)
{
    SonoScene *scene = sono_canvas_scene(b->canvas);
    const Field field = field_of(b, entry);
    double value = 0.0;
    if (!scene || !sono_scene_plan(scene)) {
        return g_strdup(_("No sound is open"));
    }
    g_autofree char *clean = g_strstrip(g_strdup(text));
    if (clean[0] == '\0') {
        gtk_widget_activate_action(GTK_WIDGET(b), "win.select-none", NULL);
        show_selection(b);
        return NULL;
    }
    if (!parse(b, field, sono_scene_view(scene), clean, &value)) {
        return g_strdup_printf(field <= LENGTH ? _("“%s” is not a time, such as 1.5 s, 0:01.5 or 1500 ms")
                                               : _("“%s” is not a frequency, such as 440 Hz, 1.2 kHz or A4"),
                               clean);
    }
    return select_with(b, field, value);
}

/* Times by a millisecond, frequencies by a semitone. */
static void on_stepped(SonoStatusBar *b, double n, GtkWidget *entry)
{
    SonoScene *scene = sono_canvas_scene(b->canvas);
    if (scene && sono_selection_is_box(sono_scene_selection(scene))) {
        const Field field = field_of(b, entry);
        const SonoViewState *v = sono_scene_view(scene);
        const double before = value_of(field, selected(scene));
        const double top = field <= LENGTH ? v->end_s : v->nyquist_hz;
        const double after = field <= LENGTH ? before + n * 1e-3 : MAX(before, 20.0) * exp2(n / 12.0);
        g_free(select_with(b, field, CLAMP(after, 0.0, top)));
    }
}

static GtkWidget *readout(GtkWidget *group, const char *name, guint chars, float xalign)
{
    GtkWidget *text = gtk_inscription_new(NULL);
    gtk_inscription_set_min_chars(GTK_INSCRIPTION(text), chars);
    gtk_inscription_set_nat_chars(GTK_INSCRIPTION(text), chars);
    gtk_inscription_set_nat_lines(GTK_INSCRIPTION(text), 1);
    gtk_inscription_set_xalign(GTK_INSCRIPTION(text), xalign);
    gtk_inscription_set_text_overflow(GTK_INSCRIPTION(text), GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
    gtk_widget_set_valign(text, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(text, "readout");
    gtk_widget_set_tooltip_text(text, name);
    gtk_box_append(GTK_BOX(group), text);
    return text;
}

static void add_field(SonoStatusBar *b, GtkWidget *group, Field f)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 3);
    GtkWidget *title = gtk_label_new(_(fields[f].title));
    gtk_widget_add_css_class(title, "field-title");
    b->entries[f] = value_entry_new(_(fields[f].name), f <= LENGTH ? 11 : 8);
    value_entry_describe(VALUE_ENTRY(b->entries[f]), _(fields[f].name), _(fields[f].tip));
    g_signal_connect_object(b->entries[f], "entered", G_CALLBACK(on_entered), b, G_CONNECT_SWAPPED);
    g_signal_connect_object(b->entries[f], "stepped", G_CALLBACK(on_stepped), b, G_CONNECT_SWAPPED);
    gtk_box_append(GTK_BOX(box), title);
    gtk_box_append(GTK_BOX(box), b->entries[f]);
    gtk_box_append(GTK_BOX(group), box);
}

/* How times and frequencies are written. */
static GtkWidget *format_button(void)
{
    static const char *const times[][2] = {
        {"seconds", N_("_Seconds")}, {"hms", N_("_Hours:Minutes:Seconds")}, {"samples", N_("S_amples")}};
    static const char *const freqs[][2] = {{"hz", N_("H_ertz")}, {"notes", N_("_Notes")}};
    g_autoptr(GMenu) menu = g_menu_new();
    g_autoptr(GMenu) time_menu = g_menu_new();
    g_autoptr(GMenu) freq_menu = g_menu_new();
    GtkWidget *button = gtk_menu_button_new();
    for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autoptr(GMenuItem) item = g_menu_item_new(_(times[i][1]), NULL);
        g_menu_item_set_action_and_target(item, "win.time-format", "s", times[i][0]);
        g_menu_append_item(time_menu, item);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(freqs); i++) {
        g_autoptr(GMenuItem) item = g_menu_item_new(_(freqs[i][1]), NULL);
        g_menu_item_set_action_and_target(item, "win.freq-format", "s", freqs[i][0]);
        g_menu_append_item(freq_menu, item);
    }
    g_menu_append_section(menu, _("Times"), G_MENU_MODEL(time_menu));
    g_menu_append_section(menu, _("Frequencies"), G_MENU_MODEL(freq_menu));
    gtk_menu_button_set_menu_model(GTK_MENU_BUTTON(button), G_MENU_MODEL(menu));
    gtk_menu_button_set_icon_name(GTK_MENU_BUTTON(button), "view-more-symbolic");
    gtk_menu_button_set_has_frame(GTK_MENU_BUTTON(button), FALSE);
    gtk_menu_button_set_direction(GTK_MENU_BUTTON(button), GTK_ARROW_UP);
    gtk_widget_set_tooltip_text(button, _("How times and frequencies are written"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Formats"), -1);
    return button;
}

/* A click on the time or the frequency steps its format. */
static void on_time_clicked(SonoStatusBar *b)
{
    gtk_widget_activate_action(GTK_WIDGET(b), "win.time-format", "s",
                               sono_time_format_names[(b->time_format + 1) % (SONO_TIME_SAMPLES + 1)]);
}

static void on_freq_clicked(SonoStatusBar *b)
{
    gtk_widget_activate_action(GTK_WIDGET(b), "win.freq-format", "s",
                               sono_freq_format_names[(b->freq_format + 1) % (SONO_FREQ_NOTES + 1)]);
}

static void on_click(SonoStatusBar *b, GtkWidget *widget, void (*clicked)(SonoStatusBar *b))
{
    GtkGesture *click = gtk_gesture_click_new();
    g_signal_connect_object(click, "released", G_CALLBACK(clicked), b, G_CONNECT_SWAPPED);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
}

static void sono_status_bar_dispose(GObject *object)
{
    SonoStatusBar *b = SONO_STATUS_BAR(object);
    g_clear_handle_id(&b->tell_source, g_source_remove);
    for (GtkWidget *child = gtk_widget_get_first_child(GTK_WIDGET(b)); child;
         child = gtk_widget_get_first_child(GTK_WIDGET(b))) {
        gtk_widget_unparent(child);
    }
    G_OBJECT_CLASS(sono_status_bar_parent_class)->dispose(object);
}

static void sono_status_bar_class_init(SonoStatusBarClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_status_bar_dispose;
    gtk_widget_class_set_layout_manager_type(widget, WRAP_TYPE_LAYOUT);
    gtk_widget_class_set_css_name(widget, "statusbar");
}

/* What stays together when the line is too long for the window. */
static GtkWidget *add_group(SonoStatusBar *b)
{
    GtkWidget *group = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, SPACING_PX);
    gtk_widget_set_parent(group, GTK_WIDGET(b));
    return group;
}

static void sono_status_bar_init(SonoStatusBar *b)
{
    wrap_layout_set_spacing(WRAP_LAYOUT(gtk_widget_get_layout_manager(GTK_WIDGET(b))), SPACING_PX);
    GtkWidget *pointer = add_group(b);
    GtkWidget *times = add_group(b);
    GtkWidget *freqs = add_group(b);
    b->time = readout(pointer, _("Time at the pointer; a click changes the format"), 12, 1.0f);
    b->freq = readout(pointer, _("Frequency at the pointer; a click changes how frequencies are written"), 9, 1.0f);
    b->note = readout(pointer, _("Nearest note and cents"), 11, 1.0f);
    b->level = readout(pointer, _("Level at the pointer"), 9, 1.0f);
    b->channel = readout(pointer, _("Channel at the pointer"), 5, 0.0f);
    on_click(b, b->time, on_time_clicked);
    on_click(b, b->freq, on_freq_clicked);
    for (Field f = START; f < N_FIELDS; f++) {
        add_field(b, f <= LENGTH ? times : freqs, f);
    }
    gtk_box_append(GTK_BOX(freqs), format_button());
}

GtkWidget *sono_status_bar_new(SonoCanvas *canvas)
{
    SonoStatusBar *b = g_object_new(SONO_TYPE_STATUS_BAR, NULL);
    b->canvas = canvas;
    g_signal_connect_object(canvas, "pointed", G_CALLBACK(show_probe), b, G_CONNECT_SWAPPED);
    g_signal_connect_object(canvas, "selection-changed", G_CALLBACK(show_selection), b, G_CONNECT_SWAPPED);
    g_signal_connect_object(canvas, "view-changed", G_CALLBACK(show_selection), b, G_CONNECT_SWAPPED);
    show_probe(b);
    show_selection(b);
    return GTK_WIDGET(b);
}

void sono_status_bar_set_formats(SonoStatusBar *b, SonoTimeFormat time, SonoFreqFormat freq)
{
    b->time_format = time;
    b->freq_format = freq;
    show_probe(b);
    show_selection(b);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preferences: the settings that are no part of a window's side strip, and the defaults of those that are. Everything
 * takes effect at once. */
#include <glib/gi18n.h>

#include "accessible.h"
#include "preferences_device.h"
#include "sono_follow.h"
#include "sono_freq_axis.h"
#include "sono_picture.h"
#include "sono_readout.h"
#include "sono_settings.h"

/* One row of the window; what is bound is a property of the settings. */
typedef struct Row {
    const char *title, *property;
    const char *const *values, *const *titles; /* a choice: texts of the property, and for people */
    double step;                               /* a number */
    int digits;
    const char *unit;
} Row;

static const char *const themes[] = {"system", "dark", "light", NULL};
static const char *const theme_titles[] = {N_("Like the desktop"), N_("Dark"), N_("Light"), NULL};
static const char *const scale_titles[] = {N_("Linear"), N_("Logarithmic"), N_("Mel"), N_("ERB"), N_("Bark"), NULL};
static const char *const colour_titles[] = {N_("Ember"), N_("Tide"), N_("Grey"), NULL};
static const char *const time_titles[] = {N_("Seconds"), N_("Hours, minutes, seconds"), N_("Samples"), NULL};
static const char *const freq_titles[] = {N_("Hertz"), N_("Notes"), NULL};

static const char *const follow_titles[] = {N_("Stands still"), N_("Turns pages"), N_("Scrolls"), NULL};

static const char *const *colour_names(void)
{
    static const char *names[16];
    for (gsize i = 0; sono_colour_maps[i] && i + 1 < G_N_ELEMENTS(names); i++) {
        names[i] = sono_colour_maps[i]->name;
    }
    return names;
}

/* ---- bindings ---- */

static gboolean text_to_index(GBinding *binding, const GValue *from, GValue *to, gpointer values)
{
    const char *const *list = values;
    for (guint i = 0; list[i]; i++) {
        if (g_strcmp0(list[i], g_value_get_string(from)) == 0) {
            g_value_set_uint(to, i);
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean index_to_text(GBinding *binding, const GValue *from, GValue *to, gpointer values)
{
    const char *const *list = values;
    const guint i = g_value_get_uint(from);
    if (i >= g_strv_length((char **)values)) {
        return FALSE;
    }
    g_value_set_string(to, list[i]);
    return TRUE;
}

static GtkWidget *make_choice(SonoSettings *settings, const Row *row)
{
    GtkStringList *titles = gtk_string_list_new(NULL);
    const char *const *title = row->titles;
    for (gsize i = 0; row->values[i]; i++) { /* what has no title yet shows its name */
        gtk_string_list_append(titles, *title ? _(*title) : row->values[i]);
        title += *title ? 1 : 0;
    }
    GtkWidget *choice = gtk_drop_down_new(G_LIST_MODEL(titles), NULL);
    g_object_bind_property_full(settings, row->property, choice, "selected",
                                G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL, text_to_index, index_to_text,
                                (gpointer)row->values, NULL);
    return choice;
}

/* As everywhere: "0.5" and "0,5". */
static int on_input(GtkSpinButton *number, double *value)
{
    g_autofree char *text = g_strdelimit(g_strdup(gtk_editable_get_text(GTK_EDITABLE(number))), ",", '.');
    char *end = NULL;
    *value = g_ascii_strtod(text, &end);
    return end == text ? GTK_INPUT_ERROR : TRUE;
}

static GtkWidget *make_number(SonoSettings *settings, const Row *row)
{
    const GParamSpecDouble *spec =
        G_PARAM_SPEC_DOUBLE(g_object_class_find_property(G_OBJECT_GET_CLASS(settings), row->property));
    GtkWidget *number = gtk_spin_button_new_with_range(spec->minimum, spec->maximum, row->step);
    gtk_spin_button_set_digits(GTK_SPIN_BUTTON(number), (guint)row->digits);
    gtk_editable_set_width_chars(GTK_EDITABLE(number), 7);
    gtk_widget_set_direction(GTK_WIDGET(gtk_editable_get_delegate(GTK_EDITABLE(number))), GTK_TEXT_DIR_LTR);
    g_signal_connect(number, "input", G_CALLBACK(on_input), NULL);
    g_object_bind_property(settings, row->property, number, "value", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
    return number;
}

static GtkWidget *make_switch(SonoSettings *settings, const Row *row)
{
    GtkWidget *toggle = gtk_switch_new();
    g_object_bind_property(settings, row->property, toggle, "active", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
    return toggle;
}

/* ---- layout ---- */

/* Controls of all groups are equally wide. */
static void add_row(GtkGrid *grid, int y, GtkSizeGroup *widths, SonoSettings *settings, const Row *row)
{
    g_autofree char *text = row->unit ? g_strdup_printf("%s (%s)", _(row->title), row->unit) : g_strdup(_(row->title));
    GtkWidget *title = gtk_label_new_with_mnemonic(text);
    GtkWidget *control = row->values       ? make_choice(settings, row)
                         : row->step > 0.0 ? make_number(settings, row)
                                           : make_switch(settings, row);
    gtk_label_set_xalign(GTK_LABEL(title), 0.0f);
    gtk_label_set_mnemonic_widget(GTK_LABEL(title), control);
    gtk_widget_set_hexpand(title, TRUE);
    gtk_widget_set_halign(control, row->step > 0.0 || row->values ? GTK_ALIGN_FILL : GTK_ALIGN_END);
    gtk_widget_set_valign(control, GTK_ALIGN_CENTER);
    gtk_grid_attach(grid, title, 0, y, 1, 1);
    gtk_grid_attach(grid, control, 1, y, 1, 1);
    if (row->values || row->step > 0.0) {
        gtk_size_group_add_widget(widths, control);
    }
    g_autoptr(GString) plain = g_string_new(_(row->title));
    g_string_replace(plain, "_", "", 0);
    g_string_append_printf(plain, "%s%s", row->unit ? ", " : "", row->unit ? row->unit : "");
    if (row->values) {
        accessible_name_drop_down(control, plain->str);
    } else {
        gtk_accessible_update_property(GTK_ACCESSIBLE(control), GTK_ACCESSIBLE_PROPERTY_LABEL, plain->str, -1);
    }
}

/* Returns the grid, for more rows. */
static GtkGrid *add_group(GtkBox *box, GtkSizeGroup *widths, SonoSettings *settings, const char *title, const Row *rows,
                          gsize n)
{
    GtkWidget *heading = gtk_label_new(title);
    GtkWidget *grid = gtk_grid_new();
    gtk_label_set_xalign(GTK_LABEL(heading), 0.0f);
    gtk_widget_add_css_class(heading, "heading");
    gtk_grid_set_row_spacing(GTK_GRID(grid), 6);
    gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
    gtk_widget_set_margin_bottom(grid, 12);
    gtk_box_append(box, heading);
    gtk_box_append(box, grid);
    for (gsize i = 0; i < n; i++) {
        add_row(GTK_GRID(grid), (int)i, widths, settings, &rows[i]);
    }
    return GTK_GRID(grid);
}

static GtkWidget *add_column(GtkWidget *columns)
{
    GtkWidget *column = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    gtk_box_append(GTK_BOX(columns), column);
    return column;
}

static gboolean on_escape(GtkWidget *window, GVariant *args, gpointer data)
{
    gtk_window_close(GTK_WINDOW(window));
    return TRUE;
}

GtkWindow *sono_preferences_new(SonoSettings *settings, GtkWindow *parent)
{
    const Row look[] = {
        {.title = N_("_Theme"), .property = "theme", .values = themes, .titles = theme_titles},
        {.title = N_("T_imes"), .property = "time-format", .values = sono_time_format_names, .titles = time_titles},
        {.title = N_("F_requencies"),
         .property = "freq-format",
         .values = sono_freq_format_names,
         .titles = freq_titles}};
    const Row picture[] = {
        {.title = N_("Frequency _axis"), .property = "axis", .values = sono_scale_names, .titles = scale_titles},
        {.title = N_("_Colours"), .property = "colours", .values = colour_names(), .titles = colour_titles},
        {.title = N_("_Darkest level"), .property = "floor-db", .step = 5.0, .unit = "dB"},
        {.title = N_("_Brightest level"), .property = "ceiling-db", .step = 5.0, .unit = "dB"}};
    const Row hands[] = {
        {.title = N_("Pen pressure sets the _strength"), .property = "pressure-to-strength"},
        {.title = N_("_Pen pressure sets the size"), .property = "pressure-to-size"},
        {.title = N_("Soft _edges of selections, time"),
         .property = "feather-ms",
         .step = 1.0,
         .digits = 1,
         .unit = "ms"},
        {.title = N_("So_ft edges of selections, frequency"), .property = "feather-hz", .step = 5.0, .unit = "Hz"},
        {.title = N_("Edits reach all c_hannels"), .property = "link-channels"}};
    const Row sound[] = {{.title = N_("Pre-ro_ll"), .property = "pre-roll", .step = 0.1, .digits = 1, .unit = "s"},
                         {.title = N_("Post-roll"), .property = "post-roll", .step = 0.1, .digits = 1, .unit = "s"},
                         {.title = N_("_Volume"), .property = "output-gain", .step = 1.0, .digits = 1, .unit = "dB"},
                         {.title = N_("The vie_w while playing"),
                          .property = "follow",
                          .values = sono_follow_names,
                          .titles = follow_titles},
                         {.title = N_("Stop ret_urns to the start"), .property = "return-to-start"},
                         {.title = N_("Pla_y each edit as it is made"), .property = "auto-audition"}};
    const Row files[] = {{.title = N_("_Offer edits that were not saved"), .property = "offer-recovery"}};

    g_autoptr(GtkSizeGroup) widths = gtk_size_group_new(GTK_SIZE_GROUP_HORIZONTAL);
    GtkWidget *window = gtk_window_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 36);
    GtkWidget *left = add_column(box);
    GtkWidget *right = add_column(box);
    gtk_window_set_title(GTK_WINDOW(window), _("Preferences"));
    gtk_window_set_transient_for(GTK_WINDOW(window), parent);
    gtk_widget_set_margin_start(box, 18);
    gtk_widget_set_margin_end(box, 18);
    gtk_widget_set_margin_top(box, 12);
    gtk_widget_set_margin_bottom(box, 6);
    (void)add_group(GTK_BOX(left), widths, settings, _("Look"), look, G_N_ELEMENTS(look));
    (void)add_group(GTK_BOX(left), widths, settings, _("Spectrogram"), picture, G_N_ELEMENTS(picture));
    (void)add_group(GTK_BOX(left), widths, settings, _("Brush and selection"), hands, G_N_ELEMENTS(hands));
    GtkGrid *grid = add_group(GTK_BOX(right), widths, settings, _("Sound"), sound, G_N_ELEMENTS(sound));
    preferences_add_device(grid, widths, settings);
    (void)add_group(GTK_BOX(right), widths, settings, _("Files"), files, G_N_ELEMENTS(files));
    GtkWidget *scrolled = gtk_scrolled_window_new(); /* as high as all of it, but no higher than the screen */
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scrolled), TRUE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(scrolled), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Preferences"), -1);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), box);
    gtk_window_set_child(GTK_WINDOW(window), scrolled);
    GtkEventController *keys = gtk_shortcut_controller_new();
    gtk_shortcut_controller_add_shortcut(
        GTK_SHORTCUT_CONTROLLER(keys),
        gtk_shortcut_new(gtk_keyval_trigger_new(GDK_KEY_Escape, 0), gtk_callback_action_new(on_escape, NULL, NULL)));
    gtk_widget_add_controller(window, keys);
    return GTK_WINDOW(window);
}

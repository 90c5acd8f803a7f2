/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel of transforms. */
#include "transform_panel.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "param_row.h"
#include "sono_panels.h"
#include "sono_ticks.h"
#include "tip.h"
#include "title_chooser.h"

/* The parameters of a transform, those that most people want and the others; the concert pitch has its own row. */
typedef struct Split {
    SonoParamDesc main[SONO_MAX_PARAMS], rest[SONO_MAX_PARAMS];
    guint main_of[SONO_MAX_PARAMS], rest_of[SONO_MAX_PARAMS]; /* index in the transform's table */
    gsize n_main, n_rest;
} Split;

struct _TransformPanel {
    GtkBox parent_instance;
    const SonoTransform *transform; /* that is shown; NULL: none yet */
    Split *splits;                  /* one for each transform */
    guint chosen;                   /* preset that it is */
    gboolean showing;               /* the widgets follow the choice, not the user */
    GtkWidget *preset, *chooser, *params, *more, *rest, *tuning, *about, *problem;
};

G_DEFINE_FINAL_TYPE(TransformPanel, transform_panel, GTK_TYPE_BOX)

static const SonoParamDesc tuning_desc = {
    "tuning",         N_("A4"), "Hz",
    SONO_PARAM_FLOAT, 380.0,    500.0,
    SONO_TUNING_HZ,   NULL,     N_("Concert pitch: of bands on notes, the note grid, the piano, rulers and readouts")};

static guint index_of_transform(const SonoTransform *transform)
{
    guint i = 0;
    while (sono_transforms[i] && sono_transforms[i] != transform) {
        i++;
    }
    return i;
}

static guint index_of_preset(const SonoPreset *preset)
{
    guint i = 0;
    while (sono_presets[i] && sono_presets[i] != preset) {
        i++;
    }
    return i; /* none: "Custom", which comes last */
}

static Split split_of(const SonoTransform *transform)
{
    Split split = {0};
    for (guint i = 0; i < transform->params.n; i++) {
        const SonoParamDesc *d = &transform->params.desc[i];
        if (strcmp(d->name, TRANSFORM_TUNING) == 0) {
            continue;
        }
        if (transform_choice_is_main(transform, d->name)) {
            split.main_of[split.n_main] = i;
            split.main[split.n_main++] = *d;
        } else {
            split.rest_of[split.n_rest] = i;
            split.rest[split.n_rest++] = *d;
        }
    }
    return split;
}

/* ---- the user ---- */

static void on_preset(TransformPanel *p)
{
    const guint i = gtk_drop_down_get_selected(GTK_DROP_DOWN(p->preset));
    if (p->showing || i == GTK_INVALID_LIST_POSITION) {
        return;
    }
    if (i < index_of_preset(NULL)) {
        gtk_widget_activate_action(GTK_WIDGET(p), "win.preset", "s", sono_presets[i]->name);
    } else { /* what is one's own is made with the parameters */
        gtk_drop_down_set_selected(GTK_DROP_DOWN(p->preset), p->chosen);
    }
}

static void on_transform(TransformPanel *p)
{
    const guint i = gtk_drop_down_get_selected(GTK_DROP_DOWN(p->chooser));
    if (!p->showing && i < index_of_transform(NULL)) {
        gtk_widget_activate_action(GTK_WIDGET(p), "win.transform", "s", sono_transforms[i]->name);
    }
}

static void change_param(TransformPanel *p, const SonoParamDesc *d, double value)
{
    if (!p->showing) {
        gtk_widget_activate_action(GTK_WIDGET(p), "win.transform-param", "(sd)", d->name, value);
    }
}

static void on_main_changed(TransformPanel *p, guint i)
{
    const Split *split = &p->splits[index_of_transform(p->transform)];
    change_param(p, &split->main[i], sono_param_panel_get(SONO_PARAM_PANEL(p->params)).v[i]);
}

static void on_rest_changed(TransformPanel *p, guint i)
{
    const Split *split = &p->splits[index_of_transform(p->transform)];
    change_param(p, &split->rest[i], sono_param_panel_get(SONO_PARAM_PANEL(p->rest)).v[i]);
}

static void on_tuned(TransformPanel *p)
{
    gtk_widget_activate_action(GTK_WIDGET(p), "win.tuning", "d", param_row_get(PARAM_ROW(p->tuning)));
}

/* ---- showing ---- */

/* "413 bands, from 43.1 Hz on as narrow as asked for" */
static char *about_plan(const SonoPlan *plan)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *hop = g_strdup_printf("%.3g", 1e3 * (double)plan->picture_hop / plan->rate_hz);
    g_string_printf(text, ngettext("%d band every %s ms", "%d bands every %s ms", (gulong)sono_plan_n_bins(plan)),
                    sono_plan_n_bins(plan), hop);
    if (plan->constant_q_from_hz > 0.0) {
        g_string_append_printf(text, _("; bands below %.0f Hz are wider than asked for"), plan->constant_q_from_hz);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void show_params(GtkWidget *panel, const SonoParamDesc *desc, const guint *of, gsize n, const SonoParams *all)
{
    SonoParams values = {{0}};
    for (gsize i = 0; i < n; i++) {
        values.v[i] = all->v[of[i]];
    }
    sono_param_panel_set(SONO_PARAM_PANEL(panel), (SonoParamTable){desc, n}, &values);
}

void transform_panel_show(TransformPanel *p, const TransformChoice *choice, const SonoPlan *plan, const char *problem)
{
    const SonoPreset *preset = transform_choice_preset(choice);
    const guint i = index_of_transform(choice->transform);
    const Split *split = &p->splits[i];
    p->showing = TRUE;
    p->transform = choice->transform;
    p->chosen = index_of_preset(preset);
    gtk_drop_down_set_selected(GTK_DROP_DOWN(p->preset), p->chosen);
    gtk_drop_down_set_selected(GTK_DROP_DOWN(p->chooser), i);
    tip_set(p->preset, preset ? _(preset->tip) : NULL);
    tip_set(p->chooser, _(choice->transform->tip));
    show_params(p->params, split->main, split->main_of, split->n_main, &choice->params);
    show_params(p->rest, split->rest, split->rest_of, split->n_rest, &choice->params);
    gtk_widget_set_visible(p->more, split->n_rest > 0);
    p->showing = FALSE;
    gtk_label_set_text(GTK_LABEL(p->problem), problem ? problem : "");
    gtk_widget_set_visible(p->problem, problem != NULL);
    if (plan) {
        g_autofree char *about = about_plan(plan);
        gtk_label_set_text(GTK_LABEL(p->about), about);
    }
    gtk_widget_set_visible(p->about, plan != NULL && !problem);
}

/* Not folded away, and not scrolled out of view. */
gboolean transform_panel_is_seen(TransformPanel *p)
{
    GtkWidget *view = gtk_widget_get_ancestor(p->chooser, GTK_TYPE_SCROLLED_WINDOW);
    graphene_rect_t at;
    return gtk_widget_get_mapped(p->chooser) &&
           (!view || (gtk_widget_compute_bounds(p->chooser, view, &at) && at.origin.y >= 0.0f &&
                      at.origin.y + 2.0f * at.size.height <= (float)gtk_widget_get_height(view)));
}

void transform_panel_show_tuning(TransformPanel *p, double tuning_hz)
{
    param_row_set(PARAM_ROW(p->tuning), tuning_hz);
}

/* ---- making ---- */

static GtkWidget *add_row(GtkWidget *parent, const char *title)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    GtkWidget *label = gtk_label_new(title);
    gtk_widget_add_css_class(row, "param");
    gtk_label_set_xalign(GTK_LABEL(label), 0.0f);
    gtk_label_set_width_chars(GTK_LABEL(label), 9);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_widget_add_css_class(label, "param-title");
    gtk_box_append(GTK_BOX(row), label);
    gtk_box_append(GTK_BOX(parent), row);
    return row;
}

static GtkWidget *add_linked(GtkWidget *row)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
    gtk_widget_add_css_class(box, "linked");
    gtk_widget_set_hexpand(box, TRUE);
    gtk_box_set_homogeneous(GTK_BOX(box), TRUE);
    gtk_box_append(GTK_BOX(row), box);
    return box;
}

/* target NULL: a switch. */
static void add_toggle(GtkWidget *box, const char *label, const char *action, const char *target, const char *name,
                       const char *tip)
{
    GtkWidget *button = gtk_toggle_button_new_with_label(label);
    if (target) {
        gtk_actionable_set_action_target(GTK_ACTIONABLE(button), "s", target);
    }
    gtk_actionable_set_action_name(GTK_ACTIONABLE(button), action);
    gtk_widget_set_tooltip_text(button, tip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    gtk_box_append(GTK_BOX(box), button);
}

static const char *preset_tip(guint i)
{
    return i < index_of_preset(NULL) ? _(sono_presets[i]->tip) : NULL;
}

static const char *transform_tip(guint i)
{
    return i < index_of_transform(NULL) ? _(sono_transforms[i]->tip) : NULL;
}

static void add_choosers(TransformPanel *p)
{
    g_autoptr(GPtrArray) presets = g_ptr_array_new();
    g_autoptr(GPtrArray) transforms = g_ptr_array_new();
    for (const SonoPreset *const *preset = sono_presets; *preset; preset++) {
        g_ptr_array_add(presets, _((*preset)->title));
    }
    for (const SonoTransform *const *t = sono_transforms; *t; t++) {
        g_ptr_array_add(transforms, _((*t)->title));
    }
    g_ptr_array_add(presets, _("Custom"));
    g_ptr_array_add(presets, NULL);
    g_ptr_array_add(transforms, NULL);
    p->preset = title_chooser_new((const char *const *)presets->pdata, preset_tip, _("Preset"));
    p->chooser = title_chooser_new((const char *const *)transforms->pdata, transform_tip, _("Transform"));
    gtk_box_append(GTK_BOX(add_row(GTK_WIDGET(p), _("Preset"))), p->preset);
    gtk_box_append(GTK_BOX(add_row(GTK_WIDGET(p), _("Transform"))), p->chooser);
    g_signal_connect_object(p->preset, "notify::selected", G_CALLBACK(on_preset), p, G_CONNECT_SWAPPED);
    g_signal_connect_object(p->chooser, "notify::selected", G_CALLBACK(on_transform), p, G_CONNECT_SWAPPED);
}

static void add_params(TransformPanel *p)
{
    p->params = sono_param_panel_new();
    p->rest = sono_param_panel_new();
    p->more = gtk_expander_new(_("More"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(p->more), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("More parameters of the transform"), -1);
    gtk_widget_add_css_class(p->more, "more");
    gtk_expander_set_child(GTK_EXPANDER(p->more), p->rest);
    g_signal_connect_object(p->params, "changed", G_CALLBACK(on_main_changed), p, G_CONNECT_SWAPPED);
    g_signal_connect_object(p->rest, "changed", G_CALLBACK(on_rest_changed), p, G_CONNECT_SWAPPED);
    gtk_box_append(GTK_BOX(p), p->params);
    gtk_box_append(GTK_BOX(p), p->more);
}

/* A line that says much in little room. */
static GtkWidget *add_line(TransformPanel *p, const char *css_class, GtkAccessibleRole role)
{
    GtkWidget *label = g_object_new(GTK_TYPE_LABEL, "accessible-role", role, NULL);
    gtk_label_set_xalign(GTK_LABEL(label), 0.0f);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_width_chars(GTK_LABEL(label), 8);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 30);
    gtk_widget_add_css_class(label, css_class);
    gtk_widget_set_visible(label, FALSE);
    gtk_box_append(GTK_BOX(p), label);
    return label;
}

static void add_notes(TransformPanel *p)
{
    GtkWidget *notes = add_linked(add_row(GTK_WIDGET(p), _("Notes")));
    GtkWidget *edits = NULL;
    add_toggle(notes, _("Grid"), "win.note-grid", NULL, _("Note grid"), _("Lines on the notes (N)"));
    add_toggle(notes, _("Piano"), "win.piano", NULL, _("Piano keys"), _("Piano keys beside the frequencies (K)"));
    p->tuning = param_row_new(&tuning_desc);
    g_signal_connect_object(p->tuning, "changed", G_CALLBACK(on_tuned), p, G_CONNECT_SWAPPED);
    gtk_box_append(GTK_BOX(p), p->tuning);
    edits = add_linked(add_row(GTK_WIDGET(p), _("Edit in")));
    add_toggle(edits, _("Auto"), "win.edit-transform", "auto", _("Edit in a transform chosen for each edit"),
               _("Each edit is made in the transform that suits it"));
    add_toggle(edits, _("Picture's"), "win.edit-transform", "picture", _("Edit in the transform of the picture"),
               _("Edits are made in the transform that is shown, with its parameters"));
}

static void transform_panel_finalize(GObject *object)
{
    g_free(TRANSFORM_PANEL(object)->splits);
    G_OBJECT_CLASS(transform_panel_parent_class)->finalize(object);
}

static void transform_panel_class_init(TransformPanelClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = transform_panel_finalize;
}

static void transform_panel_init(TransformPanel *p)
{
    const guint n = index_of_transform(NULL);
    p->splits = g_new0(Split, n);
    for (guint i = 0; i < n; i++) {
        p->splits[i] = split_of(sono_transforms[i]);
    }
    gtk_orientable_set_orientation(GTK_ORIENTABLE(p), GTK_ORIENTATION_VERTICAL);
    add_choosers(p);
    p->problem = add_line(p, "problem", GTK_ACCESSIBLE_ROLE_ALERT);
    add_params(p);
    p->about = add_line(p, "about", GTK_ACCESSIBLE_ROLE_LABEL);
    add_notes(p);
}

GtkWidget *transform_panel_new(void)
{
    return g_object_new(TRANSFORM_TYPE_PANEL, NULL);
}

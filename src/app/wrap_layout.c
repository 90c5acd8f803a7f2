/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups that wrap. */
#include "wrap_layout.h"

struct _WrapLayout {
    GtkLayoutManager parent_instance;
    int spacing_px;
};

G_DEFINE_FINAL_TYPE(WrapLayout, wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkWidget *next_shown(GtkWidget *child)
{
    while (child && !gtk_widget_should_layout(child)) {
        child = gtk_widget_get_next_sibling(child);
    }
    return child;
}

static int width_of(GtkWidget *child, int most_px)
{
    int min = 0;
    int natural = 0;
    gtk_widget_measure(child, GTK_ORIENTATION_HORIZONTAL, -1, &min, &natural, NULL, NULL);
    return MAX(min, MIN(natural, most_px));
}

/* A row begins with the child; *end: the first that is in it no more. */
static void measure_row(const WrapLayout *layout, GtkWidget *child, int width_px, int *used_px, int *height_px,
                        GtkWidget **end)
{
    *used_px = 0;
    *height_px = 0;
    for (*end = child; *end; *end = next_shown(gtk_widget_get_next_sibling(*end))) {
        int min = 0;
        int natural = 0;
        const int w = width_of(*end, width_px);
        const int with_it = *used_px + (*end == child ? 0 : layout->spacing_px) + w;
        if (*end != child && with_it > width_px) {
            return;
        }
        gtk_widget_measure(*end, GTK_ORIENTATION_VERTICAL, w, &min, &natural, NULL, NULL);
        *used_px = with_it;
        *height_px = MAX(*height_px, natural);
    }
}

static GtkSizeRequestMode request_mode(GtkLayoutManager *manager, GtkWidget *widget)
{
    return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void measure_width(const WrapLayout *layout, GtkWidget *widget, int *min_px, int *natural_px)
{
    for (GtkWidget *c = next_shown(gtk_widget_get_first_child(widget)); c;
         c = next_shown(gtk_widget_get_next_sibling(c))) {
        int min = 0;
        int natural = 0;
        gtk_widget_measure(c, GTK_ORIENTATION_HORIZONTAL, -1, &min, &natural, NULL, NULL);
        *min_px = MAX(*min_px, min);
        *natural_px += natural + (*natural_px > 0 ? layout->spacing_px : 0);
    }
}

static void measure(GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation, int for_size_px,
                    int *min_px, int *natural_px, int *min_baseline, int *natural_baseline)
{
    const WrapLayout *layout = WRAP_LAYOUT(manager);
    *min_px = 0;
    *natural_px = 0;
    if (orientation == GTK_ORIENTATION_HORIZONTAL) {
        measure_width(layout, widget, min_px, natural_px);
        return;
    }
    const int width_px = for_size_px < 0 ? G_MAXINT / 2 : for_size_px;
    GtkWidget *child = next_shown(gtk_widget_get_first_child(widget));
    while (child) {
        int used = 0;
        int height = 0;
        measure_row(layout, child, width_px, &used, &height, &child);
        *min_px += height + (*min_px > 0 ? layout->spacing_px : 0);
    }
    *natural_px = *min_px;
}

static void allocate(GtkLayoutManager *manager, GtkWidget *widget, int width_px, int height_px, int baseline)
{
    const WrapLayout *layout = WRAP_LAYOUT(manager);
    GtkWidget *first = next_shown(gtk_widget_get_first_child(widget));
    const gboolean mirrored = gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL;
    GtkWidget *child = first;
    int y = 0;
    while (child) {
        int used = 0;
        int height = 0;
        int x = 0;
        GtkWidget *end = NULL;
        measure_row(layout, child, width_px, &used, &height, &end);
        height = end ? height : MAX(height, height_px - y); /* the last row takes what is left */
        int spare = MAX(width_px - used, 0);
        for (; child != end; child = next_shown(gtk_widget_get_next_sibling(child))) {
            const int w = width_of(child, width_px);
            if (child != first) { /* what is left over goes before all but the first */
                x += spare;
                spare = 0;
            }
            const int left = mirrored ? width_px - x - w : x;
            gtk_widget_size_allocate(child, &(GtkAllocation){left, y, w, height}, -1);
            x += w + layout->spacing_px;
        }
        y += height + layout->spacing_px;
    }
}

static void wrap_layout_class_init(WrapLayoutClass *klass)
{
    GtkLayoutManagerClass *manager = GTK_LAYOUT_MANAGER_CLASS(klass);
    manager->get_request_mode = request_mode;
    manager->measure = measure;
    manager->allocate = allocate;
}

static void wrap_layout_init(WrapLayout *layout)
{
}

void wrap_layout_set_spacing(WrapLayout *layout, int spacing_px)
{
    layout->spacing_px = spacing_px;
}

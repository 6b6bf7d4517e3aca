"""The icons we use, by their Tabler names; `tools/vendor.py` makes the sprite of exactly these."""

# fmt: off
NAMES = frozenset(
    {
        "adjustments-horizontal", "alert-circle", "alert-triangle", "api", "arrow-back-up", "arrow-down",
        "arrow-down-right", "arrow-left", "arrow-right", "arrow-up", "arrow-up-right", "arrows-sort", "ban",
        "bell", "bookmark", "building", "building-store", "bulb", "calendar", "calendar-event", "cash",
        "chart-bar", "chart-dots", "chart-line", "chart-pie", "check", "chevron-down", "chevron-left",
        "chevron-right", "chevron-up", "chevrons-right", "circle-check", "circle-dashed", "circle-dot",
        "circle-x", "clipboard-check", "clock", "clock-exclamation", "columns-3", "copy", "database",
        "device-desktop", "device-floppy", "dots", "download", "external-link", "eye", "eye-off", "file-export",
        "file-import", "file-spreadsheet", "file-text", "filter", "flag", "flask", "gift", "grip-vertical",
        "help-circle", "hierarchy-2", "history", "home", "id", "info-circle", "key", "keyboard", "language",
        "link", "list-check", "loader-2", "lock", "login", "logout", "mail", "map", "map-pin", "menu-2",
        "message", "minus", "moon", "navigation", "notes", "pencil", "percentage", "phone", "player-play",
        "player-stop", "plus", "receipt-2", "refresh", "report-money", "scale", "search", "selector",
        "settings", "shield-check", "sitemap", "sort-ascending", "sort-descending", "sparkles", "speakerphone",
        "stairs-up", "star", "stethoscope", "sun", "table", "tag", "target", "trash", "trending-down",
        "trending-up", "truck-delivery", "upload", "user", "user-check", "user-plus", "users", "versions",
        "wifi-off", "world", "x",
    }
)
# fmt: on

# Ours: drawn in the sprite beside Tabler's.
OWN = frozenset({"brand"})

// Fontconfig, Pango and GLib keep caches until the process ends; leaks of our own are still found.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\nleak:libpango\nleak:libglib\nleak:libgobject\n";
}

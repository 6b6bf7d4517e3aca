/* The admin's search fields (select2) get the names of their labels: by themselves they only say what is chosen. */
(() => {
  "use strict";
  const name = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
      const box = select.nextElementSibling?.querySelector("[role=combobox]");
      if (!label || !box) continue;
      label.id ||= `${select.id}-label`;
      const value = box.querySelector("[role=textbox]");
      value?.setAttribute("aria-labelledby", label.id);
      box.setAttribute("aria-labelledby", value ? `${label.id} ${value.id}` : label.id);
    }
  };
  /* jQuery calls back in the order of asking, and the admin's own script, which makes the fields, has asked before */
  window.django?.jQuery?.(name);
})();

/* "Take this day" fills the day and time of the form it stands in. */
export async function start(part) {
  part.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill-day]");
    const form = button?.closest("form");
    if (!form) return;
    form.elements.day.value = button.dataset.fillDay;
    form.elements.starts_at.value = button.dataset.fillTime;
    form.elements.day.focus();
  });
}

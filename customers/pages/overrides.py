def customer_panel(request, **k): return None
def today_panel(request): return None

"""What is it called on the screen? Every word of Juniper in English and Chinese, by release."""

from sandbox.juniper.options import LANGUAGES, Options

_LABELS = {
    "sign_on": ("JUNIPER SIGN ON", "JUNIPER 登录"),
    "menu": ("MAIN MENU", "主菜单"),
    "entry": ("SALES ORDER ENTRY", "销售订单录入"),
    "change": ("SALES ORDER CHANGE", "销售订单修改"),
    "look_up": ("LOOK-UP", "查找"),
    "list": ("ORDER LIST", "订单列表"),
    "display": ("ORDER DISPLAY", "订单显示"),
    "user": ("User", "用户"),
    "password": ("Password", "密码"),
    "selection": ("Selection", "选择"),
    "menu_1": ("Order entry", "订单录入"),
    "menu_2": ("Order list", "订单列表"),
    "menu_3": ("Order display", "订单显示"),
    "menu_4": ("Change order", "修改订单"),
    "menu_9": ("Sign off", "注销"),
    "number": ("Number", "单号"),
    "order_no": ("Order No.", "订单号"),
    "customer": ("Customer", "客户"),
    "external_no": ("External No.", "外部单号"),
    "order_date": ("Order date", "订单日期"),
    "your_ref": ("Your ref", "贵方参考"),
    "currency": ("Currency", "币种"),
    "remarks": ("Remarks", "备注"),
    "status": ("Status", "状态"),
    "terms": ("Terms", "付款条件"),
    "warehouse": ("Warehouse", "仓库"),
    "shipping_method": ("Shipping", "运输方式"),
    "discount": ("Discount", "折扣"),
    "carriage": ("Carriage", "运费"),
    "vat": ("VAT", "增值税"),
    "net_total": ("Lines total", "行合计"),
    "order_total": ("Order total", "订单总额"),
    "reference": ("Reference", "外部单号含"),
    "date_from": ("Date from", "日期从"),
    "date_to": ("Date to", "日期至"),
    "all_statuses": ("All statuses (Y/N)", "全部状态 (Y/N)"),
    "no": ("No", "行"),
    "item": ("Item", "物料"),
    "quantity": ("Quantity", "数量"),
    "price": ("Price", "单价"),
    "description": ("Description", "说明"),
    "amount": ("Amount", "金额"),
    "date": ("Date", "日期"),
    "total": ("Total", "合计"),
    "totals": ("Totals", "合计"),
    "exit": ("Exit", "退出"),
    "find": ("Look-up", "查找"),
    "alter": ("Change", "修改"),
    "save": ("Save", "保存"),
    "page": ("Page", "翻页"),
    "void": ("Void", "作废"),
    "view": ("View", "视图"),
    "hop": ("Hop", "切换"),
    "back": ("Cancel", "返回"),
}
_RENAMED = {
    "4.1": {},
    "4.2": {"external_no": ("Ext. Reference", "外部参考号"), "your_ref": ("Customer PO", "客户订单号")},
}
_STATUSES = {
    "Open": "未清",
    "Confirmed": "已确认",
    "Part shipped": "部分发货",
    "Shipped": "已发货",
    "Invoiced": "已开票",
    "Paid": "已付款",
    "Cancelled": "已取消",
}
_MESSAGES = {
    "SO-001": ("Wrong password (attempt {attempt} of 3)", "密码错误(第 {attempt} 次,共 3 次)"),
    "SO-002": ("User locked", "用户已锁定"),
    "SO-104": ("Customer not on file", "客户不存在"),
    "SO-110": ("Invalid date", "日期无效"),
    "SO-115": ("Currency not on file", "币种不存在"),
    "SO-120": ("Order not on file", "订单不存在"),
    "SO-140": ("No order lines", "没有订单行"),
    "SO-171": ("Order cannot be changed: status {status}", "订单不能修改:状态为{status}"),
    "IN-020": ("Item not on file", "物料不存在"),
    "SY-009": ("Session expired!", "会话已过期!"),
    "SY-012": ("No more pages", "没有更多页"),
    "SY-015": ("Key not valid here", "此键无效"),
    "SY-016": ("Not in the list", "不在列表中"),
    "SY-018": ("Nothing to look up here", "此处无可查找"),
    "SY-041": ("Function not licensed", "功能未授权"),
    "locked": ("Record locked by {user} since {since}", "记录被 {user} 锁定,自 {since} 起"),
    "saved": ("Order {number} saved", "订单 {number} 已保存"),
    "cancelled": ("Order {number} cancelled", "订单 {number} 已取消"),
    "ask_save": ("Save order? (Y/N)", "保存订单?(Y/N)"),
    "ask_change": ("Change order {number}? (Y/N)", "修改订单 {number}?(Y/N)"),
    "ask_cancel": ("Cancel order {number}? (Y/N)", "取消订单 {number}?(Y/N)"),
    "page_of": ("Page {page} of {pages}", "第 {page} 页,共 {pages} 页"),
    "page_no": ("Page {page}", "第 {page} 页"),
    "orders": ("{count} orders", "共 {count} 张订单"),
}


class Words:
    """The words of one installation; the encoding decides later what becomes of them."""

    def __init__(self, options: Options) -> None:
        self._place = LANGUAGES.index(options.language)
        self._labels = _LABELS | _RENAMED[options.release]

    def label(self, name: str) -> str:
        """What a field, a key or a screen is called."""
        return self._labels[name][self._place]

    def status(self, status: str) -> str:
        """A status as screens show it; the books keep the English one."""
        return (status, _STATUSES[status])[self._place]

    def message(self, name: str, **values: object) -> str:
        """A message, with its code where it has one."""
        if "status" in values:
            values["status"] = self.status(str(values["status"]))
        text = _MESSAGES[name][self._place].format(**values)
        return f"{name} {text}" if "-" in name else text

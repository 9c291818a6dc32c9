"""The profiles that come with the library."""

from typing import Final

from .profile import Column, Pause, Profile, State, Timeline

__all__ = ["FLAT_CSV", "SERVICENOW_EVENT_LOG"]

SERVICENOW_EVENT_LOG: Final = Profile(
    name="servicenow-event-log",
    id=Column("number"),
    reported=Column("opened_at", ["Opened"]),
    recovered=Column("resolved_at", ["Resolved"]),
    impact=Column("impact"),
    impact_classes={  # an assumption: the classes are the contract's, the values ServiceNow's
        "1 - High": "business_affecting",
        "2 - Medium": "not_business_affecting",
        "3 - Low": "not_business_affecting",
    },
    impact_rule="last",
    time_formats=["%d-%m-%Y %H:%M"],
    timeline=Timeline(
        at=Column("sys_updated_at", ["Updated"]),
        sequence=Column("sys_mod_count", ["Updates"]),
        state=Column("incident_state", ["State"]),
        states=[
            State("New", "new"),
            State("Active", "working"),
            State("Awaiting User Info", "suspended", "awaiting_user"),
            State("Awaiting Vendor", "suspended", "awaiting_vendor"),
            State("Awaiting Problem", "suspended", "awaiting_problem"),
            State("Awaiting Evidence", "suspended", "awaiting_evidence"),
            State("Resolved", "ended"),
            State("Closed", "ended"),
        ],
    ),
)
"""ServiceNow's incident audit log: one row per event, the incident's own columns on every row.

Response: the first event, by ``sys_updated_at`` then ``sys_mod_count``, whose state is not *New*;
where the log starts in another state already, that first event.  Recovery: ``resolved_at``, and
nothing else.  Suspensions: the *Awaiting …* states; the log names no approver.  Impact: the class
recorded last.
"""

FLAT_CSV: Final = Profile(
    name="flat-csv",
    id=Column("id", ["ticket", "ticket_id", "incident", "number", "工单号", "工单编号", "编号"]),
    reported=Column("reported_at", ["reported", "opened_at", "报障时间", "报告时间", "报修时间"]),
    responded=Column("responded_at", ["responded", "response time", "响应时间"]),
    recovered=Column("recovered_at", ["recovered", "resolved_at", "恢复时间", "修复时间"]),
    impact=Column("impact", ["影响", "业务影响", "影响类别"]),
    impact_classes={
        "business_affecting": "business_affecting",
        "not_business_affecting": "not_business_affecting",
        "影响业务": "business_affecting",
        "不影响业务": "not_business_affecting",
    },
    pause=Pause(
        start=Column("suspended_from", ["暂停开始", "挂起开始"], required=False),
        end=Column("suspended_to", ["暂停结束", "挂起结束"], required=False),
        reason=Column("suspension_reason", ["暂停原因", "挂起原因"], required=False),
        approved_by=Column("approved_by", ["批准人", "审批人"], required=False),
    ),
    time_formats=[
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M%z",
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y/%m/%d %H:%M",
        "%Y/%m/%d %H:%M:%S",
        "%Y年%m月%d日 %H:%M",
        "%Y年%m月%d日 %H:%M:%S",
    ],
    unknown=["", "?", "-", "无", "未知"],
)
"""One row per incident, columns named like the facts, in English or Chinese.

Times start with the year.  At most one suspension per incident; it must lie within the incident.
"""

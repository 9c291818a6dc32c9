"""Ticket exports to incident facts.

A :class:`Profile` describes one kind of export as data; :func:`read_export` reads it and returns
an :class:`Export`: the usable incidents, every problem by line, and counts.  Two profiles are
shipped, :data:`SERVICENOW_EVENT_LOG` and :data:`FLAT_CSV`; another ticket system is another value,
a local difference is ``attrs.evolve``.  :func:`attach_incidents` puts the incidents into the
months of a contract's facts.

The stages: ``table`` (bytes → rows), ``readings`` (row → reading), ``incidents`` (readings →
draft), ``read`` (all of it), ``export`` (the result).  ``problems`` lists the codes.

>>> import attrs
>>> strict = attrs.evolve(SERVICENOW_EVENT_LOG, impact_rule="agree")
>>> log = '''number;incident_state;sys_mod_count;opened_at;sys_updated_at;resolved_at;impact
... INC1;New;0;29-02-2016 09:00;29-02-2016 09:01;29-02-2016 12:00;1 - High
... INC1;Awaiting Vendor;1;29-02-2016 09:00;29-02-2016 10:00;29-02-2016 12:00;1 - High
... INC1;Resolved;2;29-02-2016 09:00;29-02-2016 12:00;29-02-2016 12:00;2 - Medium
... '''
>>> print(read_export(log, strict, zone="Asia/Shanghai").problems[0])
line 2: P013 INC1: the rows name different impact classes
    hint: choose impact_rule 'first' or 'last'
>>> export = read_export(log, SERVICENOW_EVENT_LOG, zone="Asia/Shanghai", approver="the client")
>>> export.incidents[0]["responded_at"], export.incidents[0]["impact"]
('2016-02-29T10:00:00+08:00', 'not_business_affecting')
>>> export.incidents[0]["suspensions"][0]["to"], [each.code for each in export.problems]
('2016-02-29T12:00:00+08:00', ['P052'])
"""

from .export import Counts, Export, attach_incidents
from .problems import Code
from .profile import Column, Pause, Profile, State, Timeline
from .read import read_export
from .shipped import FLAT_CSV, SERVICENOW_EVENT_LOG

__all__ = [
    "FLAT_CSV",
    "SERVICENOW_EVENT_LOG",
    "Code",
    "Column",
    "Counts",
    "Export",
    "Pause",
    "Profile",
    "State",
    "Timeline",
    "attach_incidents",
    "read_export",
]

import logging, collections, time
from tests.isolation.matrix import *
from tests.isolation.world import *
from tests.isolation.wire import Wire
import pytest
@pytest.mark.parametrize("host",HOSTS)
def test_x(world,settings,host):
    f=open('/tmp/diff.'+host,'w',buffering=1)
    def out(*a): f.write(' '.join(map(str,a))+'\n')
    settings.STAFF_SECOND_FACTOR=False
    logging.disable(logging.CRITICAL)
    w=Wire()
    t0=time.process_time()
    for name in PEOPLE:
        for a in addresses():
            if not is_known(a): out("UNKNOWN",a.urlconf,a.name,a.route); continue
            for c in cases_of(a,world,host):
                path=a.path(c.values)
                if HOME[name]!=host and (c.label not in ("","own","assigned")): continue
                resolves=exists_on(path,host)
                for m in METHODS:
                    with w.undone():
                        r=w.send(m,host,path,cookies=world.cookies[name])
                    if resolves and a.urlconf==settings.PUBLIC_SCHEMA_URLCONF and host!=PUBLIC: continue
                    if resolves and a.urlconf==settings.ROOT_URLCONF and host==PUBLIC: continue
                    exp=expected(a,c,name,host,m) if resolves else {404}
                    if r.status not in exp:
                        out("DIFF",host,name,m,a.urlconf,a.name,c.label,path,r.status,exp, r.error[-300:] if r.status==500 else "")
        out(host,name,w.sent,round(time.process_time()-t0,1))

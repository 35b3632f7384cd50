# lars_route, the tool that edits routes.
ROUTE_TOOL_CXXFLAGS = -Ilars_dns/tools $(ROUTES_CXXFLAGS) -DLARS_VERSION='"$(VERSION)"'
ROUTE_TOOL_SOURCES := $(wildcard lars_dns/tools/*.cpp)
$(call library,lars_route_core,$(filter-out %/lars_route.cpp,$(ROUTE_TOOL_SOURCES)),$$(ROUTE_TOOL_CXXFLAGS))
$(call program,lars_route,lars_dns/tools/lars_route.cpp,$$(ROUTE_TOOL_CXXFLAGS),lars_route_core larsroutes larsdb larsbase lreactor larsproto,$$(MYSQL_LIBS) $$(PROTOBUF_LIBS))

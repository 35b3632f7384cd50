#lars_route, the tool that edits routes.
ROUTE_TOOL_CXXFLAGS = -Ilars_dns/tools $(DB_CXXFLAGS) -DLARS_VERSION='"$(VERSION)"'
$(call program,lars_route,$(wildcard lars_dns/tools/*.cpp),$$(ROUTE_TOOL_CXXFLAGS),larsdb larsbase lreactor larsproto,$$(MYSQL_LIBS) $$(PROTOBUF_LIBS))

// The messages of Lars in the words of the journal. By their names, for each stage knows only some.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <memory>

#include "journal.h"

namespace kit {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const char *const NAMES[] = {nullptr, "GetRouteRequest", "GetRouteResponse", "ReportStatusRequest", "GetHostRequest",
                             "GetHostResponse", "ReportRequest", "GetRouteRequest", "GetRouteResponse"};

std::string dotted(uint32_t ip)
{
    return std::to_string(ip >> 24) + "." + std::to_string(ip >> 16 & 255) + "." + std::to_string(ip >> 8 & 255) + "." +
           std::to_string(ip & 255);
}

std::string words(const Message &message);

std::string value(const Message &message, const FieldDescriptor *field, int index)
{
    const google::protobuf::Reflection *of = message.GetReflection();
    bool many = field->is_repeated();
    switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
        return "{" + words(many ? of->GetRepeatedMessage(message, field, index) : of->GetMessage(message, field)) + "}";
    case FieldDescriptor::CPPTYPE_BOOL: return (many ? of->GetRepeatedBool(message, field, index) : of->GetBool(message, field)) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_UINT32: return std::to_string(many ? of->GetRepeatedUInt32(message, field, index) : of->GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT32: {
        int32_t number = many ? of->GetRepeatedInt32(message, field, index) : of->GetInt32(message, field);
        return field->name() == "ip" ? dotted(static_cast<uint32_t>(number)) : std::to_string(number);
    }
    default: return "?";
    }
}

std::string words(const Message &message)
{
    std::vector<const FieldDescriptor *> fields;
    message.GetReflection()->ListFields(message, &fields);
    std::string all;
    // 0 is not on the wire, and yet what a reader looks for.
    const FieldDescriptor *retcode = message.GetDescriptor()->FindFieldByName("retcode");
    if (retcode != nullptr && std::find(fields.begin(), fields.end(), retcode) == fields.end()) {
        fields.push_back(retcode);
    }
    for (const FieldDescriptor *field : fields) {
        int n = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
        for (int i = 0; i < n && all.size() < 200; i++) {
            all += (all.empty() ? "" : ", ") + field->name() + " " + value(message, field, i);
        }
    }
    return all;
}

std::string meaning(int msgid, const std::string &body)
{
    if (msgid < 1 || msgid > 8) {
        return "";
    }
    const google::protobuf::Descriptor *type =
        google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(std::string("lars.") + NAMES[msgid]);
    if (type == nullptr) {
        return "";
    }
    std::unique_ptr<Message> message(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    return message->ParseFromString(body) ? std::string(NAMES[msgid]) + " (" + words(*message) + ")" : "";
}

const bool known = (set_describe(meaning), true);

}  // namespace

}  // namespace kit

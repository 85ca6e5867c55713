using System.Text.Json;
using System.Text.Json.Serialization;

namespace JobQueue.AspNetCore.Http;

/// <summary>JSON that goes out as it is stored, byte for byte. Empty is null.</summary>
[JsonConverter(typeof(RawJsonConverter))]
internal readonly record struct RawJson(ReadOnlyMemory<byte> Bytes);

/// <summary>Writes the bytes as they are.</summary>
internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => throw new NotSupportedException("Requests are read member by member.");

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
    {
        if (value.Bytes.IsEmpty)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteRawValue(value.Bytes.Span, skipInputValidation: true);
        }
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>Arguments whose bytes a test chooses.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record RawJson(string Text)
{
    internal sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => new(JsonElement.ParseValue(ref reader).GetRawText());

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) => writer.WriteRawValue(value.Text, skipInputValidation: true);
    }
}

namespace JobQueue.SourceGeneration.Emitting;

/// <summary>Writes what the generated metadata is made with.</summary>
internal static class JsonHelpers
{
    private const string ForRecords = """

        private static JsonParameterInfoValues Parameter(
            string name, global::System.Type type, int position, bool acceptsNull, bool hasDefault = false, object? value = null) => new()
        {
            Name = name,
            ParameterType = type,
            Position = position,
            IsNullable = acceptsNull,
            HasDefaultValue = hasDefault,
            DefaultValue = value,
        };

        private static JsonPropertyInfo Member<TArgs, TValue>(
            global::System.Text.Json.JsonSerializerOptions options, string name, global::System.Func<object, TValue> get, bool isRequired, bool acceptsNull)
        {
            var member = JsonMetadataServices.CreatePropertyInfo(options, new JsonPropertyInfoValues<TValue>
            {
                IsProperty = true,
                IsPublic = true,
                DeclaringType = typeof(TArgs),
                PropertyName = name,
                Getter = get!,
                Setter = static (_, _) => throw new global::System.InvalidOperationException("The constructor sets it."),
            });
            member.IsRequired = isRequired;
            member.IsSetNullable = acceptsNull;
            return member;
        }

        private static TValue NotNull<TValue>(object? value, string name)
            => value is TValue given ? given : throw new global::System.Text.Json.JsonException($"The argument '{name}' is null, and its handler's parameter accepts no null.");
        """;

    private const string ForValues = """

        private static JsonTypeInfo Value<TValue>(
            global::System.Text.Json.JsonSerializerOptions options, global::System.Text.Json.Serialization.JsonConverter converter)
        {
            // The host's own converters go first, as they do everywhere.
            foreach (var candidate in options.Converters)
            {
                if (candidate.CanConvert(typeof(TValue)))
                {
                    converter = candidate is global::System.Text.Json.Serialization.JsonConverterFactory factory
                        ? factory.CreateConverter(typeof(TValue), options)!
                        : candidate;
                    break;
                }
            }

            return JsonMetadataServices.CreateValueInfo<TValue>(options, converter);
        }
        """;

    public static void Write(CodeWriter code, bool hasRecords, bool hasValues)
    {
        foreach (var part in new[] { hasRecords ? ForRecords : "", hasValues ? ForValues : "" }.Where(static part => part.Length > 0))
        {
            foreach (var line in part.Split('\n'))
            {
                code.Line(line.TrimEnd('\r'));
            }
        }
    }
}

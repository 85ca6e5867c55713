using System.Reflection;

namespace JobQueue.Core.Tests.PublicApi;

/// <summary>Types as C# writes them, with what is known of their nullability.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(double)] = "double",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(void)] = "void",
    };

    public static string Of(FieldInfo field) => Write(field.FieldType, new NullabilityInfoContext().Create(field), NullabilityState.Unknown);

    public static string Of(PropertyInfo property)
    {
        var info = new NullabilityInfoContext().Create(property);
        return Write(property.PropertyType, info, property.CanRead ? info.ReadState : info.WriteState);
    }

    public static string Of(ParameterInfo parameter)
    {
        var info = new NullabilityInfoContext().Create(parameter);
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        return Write(type, info, parameter.IsOut || parameter.Position < 0 ? info.ReadState : info.WriteState);
    }

    public static string Of(Type type) => Write(type, null, NullabilityState.Unknown);

    /// <summary>The bare name, without type arguments.</summary>
    public static string Name(Type type) => type.Name.Split('`')[0];

    public static string Constraints(Type[] parameters)
        => string.Concat(parameters
            .Where(static parameter => parameter.IsGenericParameter)
            .Select(static parameter => (parameter.Name, Rules: Rules(parameter).ToArray()))
            .Where(static parameter => parameter.Rules.Length > 0)
            .Select(static parameter => $" where {parameter.Name} : {string.Join(", ", parameter.Rules)}"));

    private static IEnumerable<string> Rules(Type parameter)
    {
        var attributes = parameter.GenericParameterAttributes;
        if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            yield return "struct";
        }

        if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            yield return "class";
        }

        foreach (var constraint in parameter.GetGenericParameterConstraints().Where(static constraint => constraint != typeof(ValueType)))
        {
            yield return Of(constraint);
        }
    }

    private static string Write(Type type, NullabilityInfo? info, NullabilityState state)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return Write(value, null, NullabilityState.Unknown) + "?";
        }

        // Every type parameter without a constraint is called nullable, with a question mark and without.
        var mark = type is { IsValueType: false, IsGenericParameter: false } && state == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
        {
            return Write(type.GetElementType()!, info?.ElementType, info?.ElementType?.ReadState ?? NullabilityState.Unknown) + "[]" + mark;
        }

        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword + mark;
        }

        return WriteName(type, info) + mark;
    }

    private static string WriteName(Type type, NullabilityInfo? info)
    {
        if (!type.IsGenericType)
        {
            return type.Name;
        }

        var arguments = type.GetGenericArguments().Select((argument, at) =>
        {
            var inner = info?.GenericTypeArguments is { Length: > 0 } known && at < known.Length ? known[at] : null;
            return Write(argument, inner, inner?.ReadState ?? NullabilityState.Unknown);
        });
        return $"{Name(type)}<{string.Join(", ", arguments)}>";
    }
}

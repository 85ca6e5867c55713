using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace JobQueue.Core.Tests.PublicApi;

/// <summary>
/// What users of an assembly can see, as text: a block a type, a line a member, in an order that does not depend on where
/// things stand in the source. What the compiler writes for a record is left out.
/// </summary>
internal static class PublicApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Head(type)).Append('\n');
            foreach (var line in Members(type))
            {
                text.Append("    ").Append(line).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Head(Type type)
    {
        var name = type.Namespace + "." + TypeText.Of(type);
        if (type.IsEnum)
        {
            return $"enum {name}";
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return $"delegate {name}";
        }

        var bases = type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? [])
            .Where(contract => !IsRecord(type) || !contract.Name.StartsWith("IEquatable", StringComparison.Ordinal))
            .Select(TypeText.Of)
            .Order(StringComparer.Ordinal);
        var parent = type.BaseType is { } found && found != typeof(object) && found != typeof(ValueType) ? [TypeText.Of(found)] : Array.Empty<string>();
        var inherited = string.Join(", ", parent.Concat(bases));
        return $"{Kind(type)} {name}{(inherited.Length > 0 ? " : " + inherited : "")}{TypeText.Constraints(type.GetGenericArguments())}";
    }

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsValueType: true } => (type.GetCustomAttribute<IsReadOnlyAttribute>() is null ? "" : "readonly ") + (IsRecord(type) ? "record struct" : "struct"),
        { IsAbstract: true, IsSealed: true } => "static class",
        _ => (type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + (IsRecord(type) ? "record" : "class"),
    };

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", Declared) is not null;

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetValues(type).Cast<object>()
                .Select(static value => string.Create(CultureInfo.InvariantCulture, $"{value} = {Convert.ToInt64(value, CultureInfo.InvariantCulture)}"));
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return [Method(type.GetMethod("Invoke")!)];
        }

        return type.GetConstructors(Declared).Where(IsVisible).Where(IsWritten).Select(static constructor => Constructor(constructor))
            .Order(StringComparer.Ordinal)
            .Concat(type.GetFields(Declared).Where(static field => field.IsPublic || field.IsFamily).Select(Field).Order(StringComparer.Ordinal))
            .Concat(type.GetProperties(Declared).Where(IsVisible).OrderBy(static property => property.Name, StringComparer.Ordinal).Select(Property))
            .Concat(type.GetEvents(Declared).Where(static e => IsVisible(e.AddMethod!)).Select(static e => $"event {TypeText.Of(e.EventHandlerType!)} {e.Name}"))
            .Concat(type.GetMethods(Declared).Where(IsVisible).Where(IsWritten).Where(IsOrdinary)
                .Select(static method => (method.Name, Text: Method(method))).Order().Select(static method => method.Text));
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(PropertyInfo property)
        => property.GetAccessors(nonPublic: true).Any(IsVisible) && property.GetCustomAttribute<CompilerGeneratedAttribute>() is null;

    private static bool IsWritten(MethodBase method) => method.GetCustomAttribute<CompilerGeneratedAttribute>() is null;

    private static bool IsOrdinary(MethodInfo method) => !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Constructor(ConstructorInfo constructor) => $"{TypeText.Name(constructor.DeclaringType!)}({Parameters(constructor)})";

    private static string Field(FieldInfo field)
        => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{TypeText.Of(field)} {field.Name}{(field.IsLiteral ? " = " + Value(field.GetRawConstantValue()) : "")}";

    private static string Property(PropertyInfo property)
    {
        var required = property.GetCustomAttribute<RequiredMemberAttribute>() is null ? "" : "required ";
        var fixedText = property.GetAccessors(nonPublic: true)[0].IsStatic ? "static " : "";
        var get = property.GetMethod is { } getter && IsVisible(getter) ? "get; " : "";
        var set = property.SetMethod is { } setter && IsVisible(setter) ? (IsInit(setter) ? "init; " : "set; ") : "";
        return $"{fixedText}{required}{TypeText.Of(property)} {property.Name} {{ {get}{set}}}";
    }

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(static argument => argument.Name))}>" : "";
        var modifier = method.IsStatic ? "static " : method.IsAbstract && !method.DeclaringType!.IsInterface ? "abstract " : Overrides(method) ? "override " : "";
        var extended = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return $"{modifier}{TypeText.Of(method.ReturnParameter)} {method.Name}{generic}({extended}{Parameters(method)}){TypeText.Constraints(method.GetGenericArguments())}";
    }

    private static bool Overrides(MethodInfo method) => method.GetBaseDefinition().DeclaringType != method.DeclaringType;

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var modifier = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var fallback = parameter.HasDefaultValue ? " = " + Value(parameter.DefaultValue, parameter.ParameterType) : "";
        return $"{modifier}{TypeText.Of(parameter)} {parameter.Name}{fallback}";
    }

    private static string Value(object? value, Type? type = null) => value switch
    {
        null => type is { IsValueType: true } && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        Enum member => $"{member.GetType().Name}.{member}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}

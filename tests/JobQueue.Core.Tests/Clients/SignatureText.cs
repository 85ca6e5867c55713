using System.Collections.Immutable;
using System.Globalization;
using System.Reflection.Metadata;

namespace JobQueue.Core.Tests.Clients;

/// <summary>
/// Writes types of metadata so that two assemblies write the same type alike: by full name, without the assembly that it comes from, and with
/// everything that the runtime compares (value type or class, by reference, required modifiers).
/// </summary>
internal sealed class SignatureText : ISignatureTypeProvider<string, object?>
{
    private const byte ValueType = 0x11;

    public static SignatureText Writer { get; } = new();

    public static string Of(MetadataReader reader, TypeDefinition type)
        => type.GetDeclaringType() is { IsNil: false } outer
            ? Of(reader, reader.GetTypeDefinition(outer)) + "/" + reader.GetString(type.Name)
            : FullName(reader, type.Namespace, type.Name);

    public static string Of(MetadataReader reader, TypeReference type)
        => type.ResolutionScope.Kind == HandleKind.TypeReference
            ? Of(reader, reader.GetTypeReference((TypeReferenceHandle)type.ResolutionScope)) + "/" + reader.GetString(type.Name)
            : FullName(reader, type.Namespace, type.Name);

    public static string FullName(MetadataReader reader, StringHandle space, StringHandle name)
        => space.IsNil ? reader.GetString(name) : reader.GetString(space) + "." + reader.GetString(name);

    public static string Of(MethodSignature<string> method)
        => $"{(method.Header.IsInstance ? "" : "static ")}{method.ReturnType} {(method.GenericParameterCount > 0 ? $"<{method.GenericParameterCount}>" : "")}"
            + $"({string.Join(", ", method.ParameterTypes)})";

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        => Kind(rawTypeKind) + Of(reader, reader.GetTypeDefinition(handle));

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        => Kind(rawTypeKind) + Of(reader, reader.GetTypeReference(handle));

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
        => reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetSZArrayType(string elementType) => elementType + "[]";

    public string GetArrayType(string elementType, ArrayShape shape) => elementType + "[" + new string(',', shape.Rank - 1) + "]";

    public string GetByReferenceType(string elementType) => elementType + "&";

    public string GetPointerType(string elementType) => elementType + "*";

    public string GetPinnedType(string elementType) => elementType;

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType}<{string.Join(", ", typeArguments)}>";

    public string GetGenericTypeParameter(object? genericContext, int index) => "!" + index.ToString(CultureInfo.InvariantCulture);

    public string GetGenericMethodParameter(object? genericContext, int index) => "!!" + index.ToString(CultureInfo.InvariantCulture);

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired)
        => $"{unmodifiedType} {(isRequired ? "modreq" : "modopt")}({modifier})";

    public string GetFunctionPointerType(MethodSignature<string> signature) => "delegate* " + Of(signature);

    private static string Kind(byte rawTypeKind) => rawTypeKind == ValueType ? "struct " : "";
}
